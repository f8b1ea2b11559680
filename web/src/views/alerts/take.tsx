// Taking an alert: for as long as it goes on, or for a time after which people are called again.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Alert } from "../../api/told";
import { Dialog } from "../../parts/dialog";
import { Field, Form } from "../../parts/forms";
import { Complaint, Said } from "../../parts/words";
import { useDeed } from "../../state/deed";

interface Taking {
    alert: Alert;
    onClose: () => void;
    onDone: (what: string) => void;
}

export function Take({ alert, onClose, onDone }: Taking) {
    const [length, setLength] = useState("");
    const [reason, setReason] = useState("");
    const deed = useDeed();
    const order = async () => {
        const what = `You have taken ${alert.code}, ${alert.subject}: nobody is called about it ${length === "" ? "any more" : `for ${length}`}.`;
        const taken = await deed.run(async () => {
            const body = { ...(length === "" ? {} : { for: length }), ...(reason.trim() === "" ? {} : { reason }) };
            await call(`alerts/${encodeURIComponent(alert.code)}/ack`, { method: "POST", body });
            return what;
        });
        if (taken) onDone(what);
    };
    return (
        <Dialog title={`Take ${alert.code}?`} onClose={onClose}>
            <p>
                <Said text={alert.subject} />. Nobody else is called about it then; whatever else comes is told and called for anew.
            </p>
            <Form label="Take the alert" onSubmit={() => void order()}>
                <Field
                    name="for"
                    label="For how long"
                    value={length}
                    onValue={setLength}
                    pattern="[0-9]+[mhd]"
                    list={["30m", "1h", "2h", "8h"]}
                    hint="30m, 2h, 1d; then people are called again. Empty: as long as it goes on"
                    focus
                />
                <Field name="reason" label="What you do about it" value={reason} onValue={setReason} />
                <div class="row">
                    <button type="submit" class="first" disabled={deed.busy}>
                        Take it
                    </button>
                    <button type="button" onClick={onClose}>
                        Leave it
                    </button>
                </div>
                <Complaint refused={deed.refused} />
            </Form>
        </Dialog>
    );
}
