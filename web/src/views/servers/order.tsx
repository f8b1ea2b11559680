// An order about a server. What the others would make of it is asked first; if the guard is against it, its numbers are shown, and
// only then can it be forced.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Server } from "../../api/types";
import { Choice, expiries, Field, Form, Needs, Tick } from "../../parts/forms";
import { Complaint, Done } from "../../parts/words";
import { useDeed } from "../../state/deed";

type Act = "drain" | "quarantine" | "back";
type How = "drain" | "restart" | "quarantine";

interface Answer {
    server: string;
    action: string;
    said: string;
}

const acts: readonly { value: Act; text: string }[] = [
    { value: "drain", text: "Drain: no new log-ins, sessions may end" },
    { value: "quarantine", text: "Quarantine: nobody is sent there" },
    { value: "back", text: "Back: take it in again" },
];

function WhatIf({ server }: { server: Server }) {
    const [how, setHow] = useState<How>("restart");
    const deed = useDeed();
    const ask = () =>
        deed.run(
            async () => (await call<Answer>("servers", { method: "POST", body: { server: server.server, action: "what-if", how } })).said,
        );
    return (
        <Form label={`What if ${server.server} goes?`} onSubmit={() => void ask()}>
            <div class="row">
                <Choice<How>
                    name="how"
                    label="What if it would"
                    value={how}
                    onValue={setHow}
                    options={[
                        { value: "restart", text: "restart" },
                        { value: "drain", text: "be drained" },
                        { value: "quarantine", text: "be quarantined" },
                    ]}
                />
                <button type="submit" disabled={deed.busy}>
                    What if?
                </button>
            </div>
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
        </Form>
    );
}

function bodyOf(server: string, action: Act, reason: string, until: string, force: boolean): Record<string, string | boolean> {
    return {
        server,
        action,
        ...(reason === "" ? {} : { reason }),
        ...(action === "quarantine" && until !== "" ? { until } : {}),
        ...(force ? { force } : {}),
    };
}

function Order({ server, onDone }: { server: Server; onDone: () => void }) {
    const [action, setAction] = useState<Act>(server.state === "up" ? "drain" : "back");
    const [reason, setReason] = useState("");
    const [until, setUntil] = useState("");
    const [force, setForce] = useState(false);
    const deed = useDeed();
    const guarded = deed.refused?.status === 409;
    const order = async () => {
        if (
            !(await deed.run(
                async () =>
                    (
                        await call<Answer>("servers", { method: "POST", body: bodyOf(server.server, action, reason, until, force) })
                    ).said,
            ))
        )
            return;
        setForce(false);
        setReason("");
        onDone();
    };
    const choose = (next: Act) => {
        setAction(next);
        setForce(false);
        deed.clear();
    };
    return (
        <Form label={`An order about ${server.server}`} onSubmit={() => void order()}>
            <Choice<Act> name="action" label="Order" value={action} options={acts} onValue={choose} />
            {action === "quarantine" ? (
                <Field name="until" label="Until" value={until} onValue={setUntil} list={expiries} hint="Empty: until it is brought back" />
            ) : null}
            <Field name="reason" label="Why" value={reason} onValue={setReason} required={action !== "back"} />
            <Complaint refused={deed.refused} />
            {guarded ? (
                <Tick name="force" label="Do it even so: customers will wait or be refused" value={force} onValue={setForce} />
            ) : null}
            <button type="submit" class={force || action === "quarantine" ? "danger" : ""} disabled={deed.busy || (guarded && !force)}>
                {force ? `Force: ${action}` : action === "back" ? "Bring it back" : action === "drain" ? "Drain it" : "Quarantine it"}
            </button>
            <Done text={deed.done} />
        </Form>
    );
}

export function ServerOrder({ server, onDone }: { server: Server; onDone: () => void }) {
    return (
        <div class="orders">
            <WhatIf server={server} />
            <details class="stop">
                <summary>Drain, quarantine, bring back</summary>
                <Needs least="act" what="An order about a server">
                    <Order server={server} onDone={onDone} />
                </Needs>
            </details>
        </div>
    );
}
