// Taking an exception back, after a second look.

import { call } from "../../api/call";
import type { Exception } from "../../api/types";
import { Dialog } from "../../parts/dialog";
import { Complaint, Said } from "../../parts/words";
import { useDeed } from "../../state/deed";

export function Lift({ one, onClose, onDone }: { one: Exception; onClose: () => void; onDone: (what: string) => void }) {
    const deed = useDeed();
    const order = async () => {
        let what = "";
        const lifted = await deed.run(async () => {
            const said = await call<{ lifted: Exception[]; was_banned: boolean }>("exceptions", {
                method: "DELETE",
                query: { id: one.id },
            });
            what = `Lifted: ${said.lifted.map((each) => each.subject).join(", ")}.${said.was_banned ? " The kernel had kept it out, too: no more." : ""}`;
            return what;
        });
        if (lifted) onDone(what);
    };
    return (
        <Dialog title="Lift this exception?" onClose={onClose}>
            <p>
                <Said text={one.subject} mono /> is {one.effect === "allow" ? "never stopped" : "always refused"}:{" "}
                <Said text={one.reason} />. By {one.author}.
            </p>
            <p>Afterwards the evidence alone decides again.</p>
            <div class="row">
                <button type="button" class="danger" disabled={deed.busy} onClick={() => void order()}>
                    Lift it
                </button>
                <button type="button" onClick={onClose}>
                    Leave it
                </button>
            </div>
            <Complaint refused={deed.refused} />
        </Dialog>
    );
}
