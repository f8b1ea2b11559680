// What can be done about who was found: allow, deny, lift, vouch.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Exception } from "../../api/types";
import { Form, Needs } from "../../parts/forms";
import { Card, Complaint, Done } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { useDeed } from "../../state/deed";
import { ExceptionForm } from "../exceptions/form";
import { ExceptionLines } from "../exceptions/lines";
import { Vouch } from "./vouch";

interface About {
    subjects: readonly string[];
    code: string | null;
    isAccount: boolean;
    onDone: () => void;
}

function ForgetPasswords({ account }: { account: string }) {
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            await call("forget-passwords", { method: "POST", body: { account } });
            return "What the edge remembered of its wrong passwords is gone: the next try asks a server.";
        });
    return (
        <Card title="Its password was changed">
            <Needs least="support" what="Saying so">
                <Form label="Forget its wrong passwords" onSubmit={() => void order()}>
                    <p class="hint">The edge answers wrong passwords from memory. After a change, what was wrong may be right.</p>
                    <button type="submit" disabled={deed.busy}>
                        Forget its wrong passwords
                    </button>
                    <Complaint refused={deed.refused} />
                    <Done text={deed.done} />
                </Form>
            </Needs>
        </Card>
    );
}

export function ForAndAgainst({ subjects, code, isAccount, onDone }: About) {
    const { answer, refused, again } = useAsked<{ exceptions: Exception[] }>("exceptions");
    const [round, setRound] = useState(0);
    const about = (answer?.exceptions ?? []).filter((one) =>
        subjects.some((subject) => subject.toLowerCase() === one.subject.toLowerCase()),
    );
    const done = () => {
        again();
        onDone();
        setRound(round + 1);
    };
    return (
        <>
            {code === null ? null : (
                <Card title="Vouch">
                    <p class="hint">The narrowest way to let somebody in: only this account, from this place.</p>
                    <Vouch code={code} onDone={done} />
                </Card>
            )}
            <Card title="Exceptions about this">
                <Complaint refused={refused} />
                <ExceptionLines exceptions={about} onDone={done} narrow />
            </Card>
            <Card title="Allow or deny">
                <ExceptionForm subjects={subjects} onDone={done} />
            </Card>
            {isAccount ? <ForgetPasswords account={subjects[0] ?? ""} /> : null}
        </>
    );
}
