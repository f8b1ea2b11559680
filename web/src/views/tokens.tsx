// The tokens of programs.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import type { Role, Token } from "../api/types";
import { Dialog } from "../parts/dialog";
import { expiries, expiryHint, Field, Form } from "../parts/forms";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { useDeed } from "../state/deed";
import { RoleChoice } from "./people/role_choice";

function columnsOf(onRemove: (token: Token) => void): readonly Column<Token>[] {
    return [
        { name: "Name", cell: (one) => <span class="mono">{one.name}</span>, by: (one) => one.name },
        { name: "Role", cell: (one) => <Chip tone="plain">{one.role}</Chip>, by: (one) => one.role },
        {
            name: "Calls",
            cell: (one) =>
                one.calls.length === 0 ? <span class="quiet">all of its role</span> : <Said text={one.calls.join(", ")} mono />,
            lesser: true,
        },
        { name: "By", cell: (one) => <Said text={one.author} />, lesser: true },
        {
            name: "Until",
            cell: (one) => (one.expires === null ? "for ever" : <When time={one.expires} date="always" />),
            by: (one) => one.expires ?? "9999",
        },
        { name: "Used last", cell: (one) => <When time={one.last_used} />, by: (one) => one.last_used ?? "", lesser: true },
        {
            name: "Remove",
            cell: (one) => (
                <button type="button" onClick={() => onRemove(one)} aria-haspopup="dialog">
                    Remove<span class="heard"> {one.name}</span>
                </button>
            ),
        },
    ];
}

/** "GET /v1/scene, * /v1/incidents" */
function callsOf(text: string): string[] {
    return text
        .split(",")
        .map((each) => each.trim())
        .filter((each) => each !== "");
}

function AddToken({ onDone }: { onDone: (made: Token & { token: string }) => void }) {
    const [name, setName] = useState("");
    const [role, setRole] = useState<Role>("look");
    const [calls, setCalls] = useState("");
    const [expires, setExpires] = useState("90d");
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            const only = callsOf(calls);
            onDone(
                await call<Token & { token: string }>("tokens", {
                    method: "POST",
                    body: { name, role, expires, ...(only.length === 0 ? {} : { calls: only }) },
                }),
            );
            setName("");
            return "";
        });
    return (
        <Form label="Add a token" onSubmit={() => void order()}>
            <Field
                name="name"
                label="Name"
                value={name}
                onValue={setName}
                required
                pattern="[a-z0-9][a-z0-9._\-]{0,31}"
                autoComplete="off"
                hint="Of the program: grafana, backup-job"
            />
            <RoleChoice value={role} onValue={setRole} />
            <Field
                name="calls"
                label="Only these calls"
                value={calls}
                onValue={setCalls}
                hint="GET /v1/scene, * /v1/incidents; empty: all that the role may"
            />
            <Field
                name="expires"
                label="For how long"
                value={expires}
                onValue={setExpires}
                required
                list={["90d", ...expiries]}
                hint={expiryHint}
            />
            <button type="submit" class="first" disabled={deed.busy}>
                Make a token
            </button>
            <Complaint refused={deed.refused} />
        </Form>
    );
}

function Made({ made, onClose }: { made: Token & { token: string }; onClose: () => void }) {
    return (
        <Dialog title={`The token ${made.name}`} onClose={onClose}>
            <p>It is shown this once, and only its digest is kept. The program sends it as:</p>
            <p class="secret">Authorization: Bearer {made.token}</p>
            <button type="button" class="first" onClick={onClose}>
                It is kept
            </button>
        </Dialog>
    );
}

function Remove({ token, onClose, onDone }: { token: Token; onClose: () => void; onDone: () => void }) {
    const deed = useDeed();
    const order = async () => {
        if (
            await deed.run(async () => {
                await call(`tokens/${encodeURIComponent(token.name)}`, { method: "DELETE" });
                return "";
            })
        )
            onDone();
    };
    return (
        <Dialog title={`Remove ${token.name}?`} onClose={onClose}>
            <p>The program that shows it is refused from now on.</p>
            <div class="row">
                <button type="button" class="danger" disabled={deed.busy} onClick={() => void order()}>
                    Remove it
                </button>
                <button type="button" onClick={onClose}>
                    Leave it
                </button>
            </div>
            <Complaint refused={deed.refused} />
        </Dialog>
    );
}

export function TokensView() {
    const { answer, refused, again } = useAsked<{ tokens: Token[] }>("tokens");
    const [made, setMade] = useState<(Token & { token: string }) | null>(null);
    const [leaving, setLeaving] = useState<Token | null>(null);
    const shown = (token: Token & { token: string }) => {
        setMade(token);
        again();
    };
    const left = () => {
        setLeaving(null);
        again();
    };
    return (
        <div class="actions-beside">
            <div>
                <Card title="What programs show">
                    <Complaint refused={refused} again={again} />
                    {answer === null ? (
                        <Waiting what="Asking" />
                    ) : (
                        <Table
                            caption="Tokens"
                            rows={answer.tokens}
                            columns={columnsOf(setLeaving)}
                            keyOf={(one) => one.name}
                            empty="None."
                        />
                    )}
                </Card>
            </div>
            <Card title="A new one">
                <AddToken onDone={shown} />
            </Card>
            {made === null ? null : <Made made={made} onClose={() => setMade(null)} />}
            {leaving === null ? null : <Remove token={leaving} onClose={() => setLeaving(null)} onDone={left} />}
        </div>
    );
}
