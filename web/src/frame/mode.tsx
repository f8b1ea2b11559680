// Whether Tidegate acts or only watches. Turning that takes a reason, and a second look.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { scene } from "../api/live";
import type { Mode } from "../api/types";
import { Dialog } from "../parts/dialog";
import { Field, Form, Needs } from "../parts/forms";
import { Complaint } from "../parts/words";
import { useDeed } from "../state/deed";
import { useStore } from "../state/store";
import { count } from "../text/numbers";

function Confirmation({ to, onClose }: { to: Mode; onClose: () => void }) {
    const [reason, setReason] = useState("");
    const deed = useDeed();
    const now = useStore(scene);
    const order = async () => {
        if (
            await deed.run(
                async () => `The mode is ${(await call<{ mode: Mode }>("mode", { method: "POST", body: { mode: to, reason } })).mode}.`,
            )
        )
            onClose();
    };
    return (
        <Dialog title={to === "watch" ? "Only watch?" : "Act?"} onClose={onClose}>
            {to === "watch" ? (
                <p>
                    Nothing will be stopped any more: in the last ten minutes {count(now?.ten_minutes.stopped)} attempts were. It holds at
                    once, and over restarts, until somebody lets Tidegate act again.
                </p>
            ) : (
                <p>
                    What the evidence is against will be stopped: in the last ten minutes that would have been{" "}
                    {count(now?.ten_minutes.would_stop)} attempts, of which {count(now?.ten_minutes.would_stop_successes)} had the right
                    password.
                </p>
            )}
            <Needs least="act" what="Changing the mode">
                <Form label="Change the mode" onSubmit={() => void order()}>
                    <Field name="reason" label="Why" value={reason} onValue={setReason} required focus />
                    <div class="row">
                        <button type="submit" class={to === "watch" ? "danger" : "first"} disabled={deed.busy}>
                            {to === "watch" ? "Stop nothing, only watch" : "Act from now on"}
                        </button>
                        <button type="button" onClick={onClose}>
                            Leave it as it is
                        </button>
                    </div>
                    <Complaint refused={deed.refused} />
                </Form>
            </Needs>
        </Dialog>
    );
}

export function ModeSwitch() {
    const mode = useStore(scene)?.mode;
    const [asked, setAsked] = useState<Mode | null>(null);
    if (mode === undefined) return null;
    return (
        <>
            <button
                type="button"
                aria-haspopup="dialog"
                onClick={() => setAsked(mode === "act" ? "watch" : "act")}
                class={mode === "watch" ? "mode-watch" : ""}
            >
                {mode === "act" ? "Acting" : "Only watching"}
            </button>
            {asked === null ? null : <Confirmation to={asked} onClose={() => setAsked(null)} />}
        </>
    );
}
