// What only those who administer do: a copy of the journal, and forgetting an account.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import { Field, Form, Tick } from "../parts/forms";
import { Card, Chip, Complaint, Said } from "../parts/words";
import { useAsked } from "../state/asked";
import { useDeed } from "../state/deed";

interface Standing {
    state: "under way" | "done";
    result?: unknown;
}

function Followed({ id }: { id: number }) {
    const { answer, refused } = useAsked<Standing>("upkeep", { id }, 1_000);
    return (
        <div role="status">
            <Complaint refused={refused} />
            {answer === null ? null : (
                <p>
                    <Chip tone={answer.state === "done" ? "good" : "plain"}>{answer.state}</Chip>{" "}
                    <Said text={answer.result === undefined ? "" : JSON.stringify(answer.result)} mono />
                </p>
            )}
        </div>
    );
}

function Backup() {
    const [folder, setFolder] = useState("");
    const [begun, setBegun] = useState<number | null>(null);
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            setBegun((await call<{ id: number }>("backup", { method: "POST", body: { folder } })).id);
            return "";
        });
    return (
        <Card title="Copy the journal">
            <Form label="Copy the journal" onSubmit={() => void order()}>
                <Field
                    name="folder"
                    label="To which folder"
                    value={folder}
                    onValue={setFolder}
                    required
                    pattern="/.*"
                    hint="From the root on, as the daemon sees it: /var/backups/tidegate"
                />
                <button type="submit" class="first" disabled={deed.busy}>
                    Copy it
                </button>
                <Complaint refused={deed.refused} />
            </Form>
            {begun === null ? null : <Followed id={begun} />}
        </Card>
    );
}

function Forget() {
    const [account, setAccount] = useState("");
    const [sure, setSure] = useState(false);
    const [begun, setBegun] = useState<number | null>(null);
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            setBegun((await call<{ id: number }>("forget", { method: "POST", body: { account } })).id);
            setSure(false);
            return "";
        });
    return (
        <Card title="Forget an account">
            <p class="hint">
                Its name is taken out of the journal, the audit log and the records of incidents. It cannot be undone. Backups are not
                reached.
            </p>
            <Form label="Forget an account" onSubmit={() => void order()}>
                <Field name="account" label="Account" value={account} onValue={setAccount} required />
                <Tick name="sure" label="For good" value={sure} onValue={setSure} />
                <button type="submit" class="danger" disabled={deed.busy || !sure}>
                    Forget it
                </button>
                <Complaint refused={deed.refused} />
            </Form>
            {begun === null ? null : <Followed id={begun} />}
        </Card>
    );
}

export function UpkeepView() {
    return (
        <div class="grid">
            <Backup />
            <Forget />
        </div>
    );
}
