// Moving an attacked domain's mail to a listener of its own: everywhere else its mail is told to come again.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Listener } from "../../api/types";
import { Dialog } from "../../parts/dialog";
import { Choice, expiries, Field, Form, Tick } from "../../parts/forms";
import { Complaint } from "../../parts/words";
import { useDeed } from "../../state/deed";
import { clean } from "../../text/clean";

interface Moving {
    listeners: readonly Listener[];
    onClose: () => void;
    onDone: (what: string) => void;
}

interface Order {
    domain: string;
    listener: string;
    until: string;
    reason: string;
    force: boolean;
}

function bodyOf({ domain, listener, until, reason, force }: Order): object {
    return {
        action: "move",
        domain: domain.trim(),
        listener,
        reason,
        ...(until.trim() === "" ? {} : { until: until.trim() }),
        ...(force ? { force } : {}),
    };
}

function nameOf(listener: Listener): string {
    return `${clean(listener.listener)}${listener.own_sessions > 0 ? `, ${listener.own_sessions} sessions of its own` : ", shares its sessions"}`;
}

export function MoveDomain({ listeners, onClose, onDone }: Moving) {
    const first = listeners.find(({ own_sessions }) => own_sessions > 0) ?? listeners[0];
    const [order, setOrder] = useState<Order>({ domain: "", listener: first?.listener ?? "", until: "12h", reason: "", force: false });
    const deed = useDeed();
    const guarded = deed.refused?.status === 409;
    const move = async () => {
        let said = "";
        const moved = await deed.run(async () => {
            said = (await call<{ said: string }>("listeners", { method: "POST", body: bodyOf(order) })).said;
            return said;
        });
        if (moved) onDone(said);
    };
    const choose = (listener: string) => {
        setOrder({ ...order, listener, force: false });
        deed.clear();
    };
    return (
        <Dialog title="Move a domain's mail?" onClose={onClose}>
            <p>
                Its mail is then taken at this listener alone. Everywhere else a mail to it is told to come again, which servers do by
                themselves.
            </p>
            <Form label="Move a domain" onSubmit={() => void move()}>
                <Field
                    name="domain"
                    label="Domain"
                    value={order.domain}
                    onValue={(domain) => setOrder({ ...order, domain })}
                    required
                    focus
                    hint="As recipients write it: example.org"
                />
                <Choice
                    name="listener"
                    label="To the listener"
                    value={order.listener}
                    options={listeners.map((one) => ({ value: one.listener, text: nameOf(one) }))}
                    onValue={choose}
                />
                <Field
                    name="until"
                    label="Until"
                    value={order.until}
                    onValue={(until) => setOrder({ ...order, until })}
                    list={expiries}
                    hint="Empty: until it is moved back"
                />
                <Field name="reason" label="Why" value={order.reason} onValue={(reason) => setOrder({ ...order, reason })} required />
                <Complaint refused={deed.refused} />
                {guarded ? (
                    <Tick
                        name="force"
                        label="Do it even so: whoever attacks it takes others' places there"
                        value={order.force}
                        onValue={(force) => setOrder({ ...order, force })}
                    />
                ) : null}
                <div class="row">
                    <button type="submit" class="danger" disabled={deed.busy || (guarded && !order.force)}>
                        Move it
                    </button>
                    <button type="button" onClick={onClose}>
                        Leave it
                    </button>
                </div>
            </Form>
        </Dialog>
    );
}
