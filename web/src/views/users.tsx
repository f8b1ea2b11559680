// Who may sign in.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import type { Enrolled, Role, User } from "../api/types";
import { Field, Form } from "../parts/forms";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { useDeed } from "../state/deed";
import { EnrolledOnce } from "./people/enrolled";
import { RoleChoice } from "./people/role_choice";
import { UserChange } from "./people/user_change";

function columnsOf(onChange: (user: User) => void): readonly Column<User>[] {
    return [
        { name: "Name", cell: (one) => <span class="mono">{one.name}</span>, by: (one) => one.name },
        { name: "Role", cell: (one) => <Chip tone="plain">{one.role}</Chip>, by: (one) => one.role },
        { name: "Since", cell: (one) => <When time={one.created} date="always" />, by: (one) => one.created, lesser: true },
        {
            name: "Signed in last",
            cell: (one) =>
                one.last_seen === null ? <span class="quiet">not since the daemon started</span> : <When time={one.last_seen} />,
            by: (one) => one.last_seen ?? "",
        },
        {
            name: "Change",
            cell: (one) => (
                <button type="button" onClick={() => onChange(one)} aria-haspopup="dialog">
                    Change<span class="heard"> {one.name}</span>
                </button>
            ),
        },
    ];
}

export const passwordHint = "12 characters or more. A sentence is good; what is used elsewhere is not.";

function AddUser({ onDone }: { onDone: (enrolled: Enrolled) => void }) {
    const [name, setName] = useState("");
    const [role, setRole] = useState<Role>("look");
    const [password, setPassword] = useState("");
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            onDone(await call<Enrolled>("users", { method: "POST", body: { name, role, password } }));
            setName("");
            setPassword("");
            return "";
        });
    return (
        <Form label="Add a user" onSubmit={() => void order()}>
            <Field
                name="name"
                label="Name"
                value={name}
                onValue={setName}
                required
                pattern="[a-z0-9][a-z0-9._\-]{0,31}"
                autoComplete="off"
                hint="Small letters, digits, and . _ - behind the first"
            />
            <RoleChoice value={role} onValue={setRole} />
            <Field
                name="password"
                label="Password"
                type="password"
                value={password}
                onValue={setPassword}
                required
                minLength={12}
                maxLength={256}
                autoComplete="new-password"
                hint={passwordHint}
            />
            <button type="submit" class="first" disabled={deed.busy}>
                Add
            </button>
            <Complaint refused={deed.refused} />
        </Form>
    );
}

export function UsersView() {
    const { answer, refused, again } = useAsked<{ users: User[] }>("users");
    const [enrolled, setEnrolled] = useState<Enrolled | null>(null);
    const [changed, setChanged] = useState<User | null>(null);
    const shown = (secret: Enrolled) => {
        setChanged(null);
        setEnrolled(secret);
        again();
    };
    const left = () => {
        setChanged(null);
        again();
    };
    return (
        <div class="actions-beside">
            <div>
                <Card title="Who may sign in">
                    <Complaint refused={refused} again={again} />
                    {answer === null ? (
                        <Waiting what="Asking" />
                    ) : (
                        <Table
                            caption="Users"
                            rows={answer.users}
                            columns={columnsOf(setChanged)}
                            keyOf={(one) => one.name}
                            empty="Nobody."
                        />
                    )}
                </Card>
            </div>
            <Card title="Somebody new">
                <AddUser onDone={shown} />
            </Card>
            {changed === null ? null : <UserChange user={changed} onClose={() => setChanged(null)} onDone={left} onSecret={shown} />}
            {enrolled === null ? null : <EnrolledOnce enrolled={enrolled} onClose={() => setEnrolled(null)} />}
        </div>
    );
}
