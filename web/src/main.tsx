import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/frame.css";
import "./style/views.css";
import { call, refusedOf } from "./api/call";
import { startLive } from "./api/live";
import type { Session } from "./api/types";
import { App } from "./app";
import { session } from "./state/session";
import { startTheme } from "./state/theme";

async function begin(): Promise<void> {
    try {
        session.set({ state: "in", who: await call<Session>("session"), why: "" });
    } catch (trouble) {
        const refused = refusedOf(trouble);
        session.set({ state: "out", who: null, why: refused.status === 401 ? "" : `${refused.error} ${refused.mend}` });
    }
}

startTheme();
startLive();
const root = document.getElementById("console");
if (root !== null) {
    root.replaceChildren();
    render(<App />, root);
}
void begin();
