// Beginning, extending, ending and calling off.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Plan } from "../../api/told";
import { Area, bytesOf } from "../../parts/areas";
import { Dialog } from "../../parts/dialog";
import { Form } from "../../parts/forms";
import { Lengths, Moment } from "../../parts/moment";
import { Complaint, Done, Said } from "../../parts/words";
import { useDeed } from "../../state/deed";
import { rfc3339 } from "../../text/moment";

type Act = "begin" | "extend" | "done" | "call-off";

const said: Record<Act, string> = {
    begin: "It has begun: its services are shown as under work, and alarms are marked.",
    extend: "It takes longer; the public page says so.",
    done: "It is done.",
    "call-off": "It is called off; the public page says so.",
};

function CallOff({ plan, busy, onSure, onClose }: { plan: Plan; busy: boolean; onSure: () => void; onClose: () => void }) {
    return (
        <Dialog title="Call it off?" onClose={onClose}>
            <p>
                <Said text={plan.title} /> is then shown as called off. It can't be taken back, only announced anew.
            </p>
            <div class="row">
                <button type="button" class="danger" disabled={busy} onClick={onSure}>
                    Call it off
                </button>
                <button type="button" onClick={onClose}>
                    Leave it
                </button>
            </div>
        </Dialog>
    );
}

/** The later of now and what was promised. */
function lastOf(plan: Plan): Date {
    return new Date(Math.max(Date.now(), Date.parse(plan.until)));
}

function Extend({ plan, busy, onUntil }: { plan: Plan; busy: boolean; onUntil: (until: Date) => void }) {
    const [until, setUntil] = useState<Date | null>(() => new Date(lastOf(plan).getTime() + 3_600_000));
    const wrong = until !== null && until.getTime() <= Math.max(Date.now(), Date.parse(plan.from));
    return (
        <Form label="Extend it" onSubmit={() => (until === null ? undefined : onUntil(until))}>
            <Moment
                name="until"
                label="Until"
                value={until}
                onValue={setUntil}
                {...(wrong ? { hint: "That is past, or before it begins" } : {})}
            />
            <Lengths legend="Longer by" from={lastOf(plan)} onUntil={setUntil} />
            <button type="submit" disabled={busy || until === null || wrong}>
                Extend it
            </button>
        </Form>
    );
}

export function WorkActs({ plan, again }: { plan: Plan; again: () => void }) {
    const [text, setText] = useState("");
    const [asks, setAsks] = useState(false);
    const deed = useDeed();
    const order = async (act: Act, until?: Date) => {
        const done = await deed.run(async () => {
            const body = { act, ...(until === undefined ? {} : { until: rfc3339(until) }), ...(text.trim() === "" ? {} : { text }) };
            await call(`work/${encodeURIComponent(plan.id)}`, { method: "POST", body });
            return said[act];
        });
        setAsks(false);
        if (!done) return;
        setText("");
        again();
    };
    const busy = deed.busy || bytesOf(text) > 4000;
    return (
        <div class="stack">
            <Area
                name="text"
                label="Other words for customers"
                value={text}
                onValue={setText}
                hint="They go with what you press below. Empty: those that there are stay."
            />
            <p class="row">
                {plan.under_way ? (
                    <button type="button" class="first" disabled={busy} onClick={() => void order("done")}>
                        It is done
                    </button>
                ) : (
                    <button type="button" class="first" disabled={busy} onClick={() => void order("begin")}>
                        Begin it
                    </button>
                )}
                <button type="button" class="danger" disabled={busy} onClick={() => setAsks(true)}>
                    Call it off
                </button>
            </p>
            <Extend key={plan.until} plan={plan} busy={busy} onUntil={(until) => void order("extend", until)} />
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
            {asks ? <CallOff plan={plan} busy={busy} onSure={() => void order("call-off")} onClose={() => setAsks(false)} /> : null}
        </div>
    );
}
