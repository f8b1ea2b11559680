// Another role, password or secret for a user, or his end. Each ends his sessions.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Enrolled, Role, User } from "../../api/types";
import { Dialog } from "../../parts/dialog";
import { Field, Form, Tick } from "../../parts/forms";
import { Complaint, Done } from "../../parts/words";
import { useDeed } from "../../state/deed";
import { passwordHint } from "../users";
import { RoleChoice } from "./role_choice";

interface Changed {
    user: User;
    onClose: () => void;
    onDone: () => void;
    onSecret: (enrolled: Enrolled) => void;
}

function pathOf(user: User, what: string): string {
    return `users/${encodeURIComponent(user.name)}${what === "" ? "" : `/${what}`}`;
}

function ChangeRole({ user, onDone }: { user: User; onDone: () => void }) {
    const [role, setRole] = useState<Role>(user.role);
    const deed = useDeed();
    const order = async () => {
        if (
            await deed.run(async () => {
                await call(pathOf(user, "role"), { method: "POST", body: { role } });
                return "Changed.";
            })
        )
            onDone();
    };
    return (
        <Form label="Another role" onSubmit={() => void order()}>
            <RoleChoice value={role} onValue={setRole} />
            <button type="submit" disabled={deed.busy || role === user.role}>
                Change the role
            </button>
            <Complaint refused={deed.refused} />
        </Form>
    );
}

function ChangePassword({ user }: { user: User }) {
    const [password, setPassword] = useState("");
    const deed = useDeed();
    const order = async () => {
        if (
            await deed.run(async () => {
                await call(pathOf(user, "password"), { method: "POST", body: { password } });
                return "The password is changed.";
            })
        )
            setPassword("");
    };
    return (
        <Form label="Another password" onSubmit={() => void order()}>
            <Field
                name="password"
                label="New password"
                type="password"
                value={password}
                onValue={setPassword}
                required
                minLength={12}
                maxLength={256}
                autoComplete="new-password"
                hint={passwordHint}
            />
            <button type="submit" disabled={deed.busy}>
                Change the password
            </button>
            <Complaint refused={deed.refused} />
            <Done text={deed.done} />
        </Form>
    );
}

function NewSecret({ user, onSecret }: { user: User; onSecret: (enrolled: Enrolled) => void }) {
    const deed = useDeed();
    const order = () =>
        deed.run(async () => {
            onSecret(await call<Enrolled>(pathOf(user, "totp"), { method: "POST" }));
            return "";
        });
    return (
        <Form label="Another secret for the codes" onSubmit={() => void order()}>
            <p class="hint">For a lost or a new telephone. The old one makes no good codes any more.</p>
            <button type="submit" disabled={deed.busy}>
                Make a new secret
            </button>
            <Complaint refused={deed.refused} />
        </Form>
    );
}

function Remove({ user, onDone }: { user: User; onDone: () => void }) {
    const [sure, setSure] = useState(false);
    const deed = useDeed();
    const order = async () => {
        if (
            await deed.run(async () => {
                await call(pathOf(user, ""), { method: "DELETE" });
                return "";
            })
        )
            onDone();
    };
    return (
        <Form label="Remove the user" onSubmit={() => void order()}>
            <Tick name="sure" label={`${user.name} is to sign in no more`} value={sure} onValue={setSure} />
            <button type="submit" class="danger" disabled={deed.busy || !sure}>
                Remove {user.name}
            </button>
            <Complaint refused={deed.refused} />
        </Form>
    );
}

export function UserChange({ user, onClose, onDone, onSecret }: Changed) {
    return (
        <Dialog title={user.name} onClose={onClose}>
            <p class="quiet">Each of these ends the sessions of {user.name}.</p>
            <ChangeRole user={user} onDone={onDone} />
            <h3>Password</h3>
            <ChangePassword user={user} />
            <h3>Codes</h3>
            <NewSecret user={user} onSecret={onSecret} />
            <h3>Remove</h3>
            <Remove user={user} onDone={onDone} />
        </Dialog>
    );
}
