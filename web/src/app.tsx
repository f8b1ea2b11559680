// The frame around all views.

import { Component, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { incidentHeads } from "./api/live";
import { Keys } from "./frame/keys";
import { Rail } from "./frame/rail";
import { SignIn } from "./frame/sign_in";
import { Strip } from "./frame/strip";
import { Top } from "./frame/top";
import { place } from "./state/route";
import { may, session } from "./state/session";
import { useStore } from "./state/store";
import { type View, viewNamed } from "./views";

/** What breaks in one view leaves the others alone. */
class Guarded extends Component<{ children: ComponentChildren }, { broken: string }> {
    override state = { broken: "" };
    override componentDidCatch(trouble: unknown): void {
        this.setState({ broken: trouble instanceof Error ? trouble.message : String(trouble) });
    }
    override render() {
        if (this.state.broken === "") return this.props.children;
        return (
            <div class="complaint" role="alert">
                <p>
                    <strong>This view broke: {this.state.broken}</strong>
                </p>
                <p>
                    The mail defence goes on without it. Load the page anew; if it stays, tell who looks after Tidegate, and use `tidegate
                    top` meanwhile.
                </p>
            </div>
        );
    }
}

function Main({ view, rest }: { view: View; rest: string }) {
    const who = useStore(session).who;
    const open = [...useStore(incidentHeads).values()].filter((head) => head.state === "open").length;
    const title = useRef<HTMLHeadingElement>(null);
    const first = useRef(true);
    useEffect(() => {
        document.title = `${open === 0 ? "" : `(${open}) `}${view.title} · Tidegate`;
    }, [view, open]);
    useEffect(() => {
        // Who moves by keyboard or hears the page begins where the new view does; not at the very first one.
        if (!first.current) title.current?.focus();
        first.current = false;
    }, [view, rest]);
    return (
        <main id="main">
            <h1 ref={title} tabIndex={-1} class={view.name === "now" ? "heard" : ""}>
                {view.title}
            </h1>
            <Guarded key={`${view.name}/${rest}`}>
                {may(view.role, who?.role) ? (
                    <view.Show rest={rest} />
                ) : (
                    <p class="quiet needs">
                        {view.title} takes the role <strong>{view.role}</strong>; yours is {who?.role ?? "none"}. Who administers Tidegate
                        can change that.
                    </p>
                )}
            </Guarded>
        </main>
    );
}

function Signed() {
    const { view, rest } = useStore(place);
    const [menu, setMenu] = useState(false);
    const shown = viewNamed(view);
    useEffect(() => setMenu(false), [view, rest]);
    return (
        <div class="frame-all">
            <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>("main h1")?.focus()}>
                Skip to {shown.title}
            </button>
            <Top menu={menu} onMenu={() => setMenu(!menu)} />
            <Strip />
            <Rail open={menu} current={shown.name} />
            <Main view={shown} rest={rest} />
            <Keys />
        </div>
    );
}

export function App() {
    const { state } = useStore(session);
    if (state === "unknown") return <p class="heard">Tidegate is asked who is signed in.</p>;
    return state === "in" ? <Signed /> : <SignIn />;
}
