// Letting in who was refused with a code: his place becomes familiar to his account.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Refusal } from "../../api/types";
import { Field, Form, Needs } from "../../parts/forms";
import { Complaint, Done } from "../../parts/words";
import { useDeed } from "../../state/deed";

export function Vouch({ code, onDone }: { code: string; onDone: () => void }) {
    const [reason, setReason] = useState("");
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            const who = await call<Refusal>("vouch", { method: "POST", body: { code, reason } });
            onDone();
            return `${who.account ?? "He"} may log in from ${who.address ?? "there"}: that place is familiar to the account now.`;
        });
    return (
        <Needs least="support" what="Vouching">
            <Form label={`Vouch for ${code}`} onSubmit={() => void order()}>
                <div class="row">
                    <Field name="reason" label="Who is it, and how do you know?" value={reason} onValue={setReason} required />
                    <button type="submit" disabled={deed.busy}>
                        Vouch: let this one in
                    </button>
                </div>
                <Complaint refused={deed.refused} />
                <Done text={deed.done} />
            </Form>
        </Needs>
    );
}
