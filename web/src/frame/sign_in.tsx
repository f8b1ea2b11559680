// Name, password, code.

import { useState } from "preact/hooks";
import { call } from "../api/call";
import type { Session } from "../api/types";
import { Field, Form } from "../parts/forms";
import { Complaint, Said } from "../parts/words";
import { useDeed } from "../state/deed";
import { session } from "../state/session";
import { useStore } from "../state/store";
import { Mark } from "./mark";

export function SignIn() {
    const { why } = useStore(session);
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const [code, setCode] = useState("");
    const deed = useDeed();
    const submit = async () => {
        const right = await deed.run(async () => {
            const who = await call<Session>("session", {
                method: "POST",
                body: { name: name.trim(), password, code: code.replace(/\s/g, "") },
            });
            session.set({ state: "in", who, why: "" });
            return "";
        });
        if (!right) setCode(""); // each code is good once
    };
    return (
        <main class="sign-in">
            <div class="card">
                <h1>
                    <Mark /> Tidegate
                </h1>
                {why === "" ? null : (
                    <p class="done" role="status">
                        <Said text={why} />
                    </p>
                )}
                <Form label="Sign in" onSubmit={() => void submit()}>
                    <Field name="name" label="Name" value={name} onValue={setName} required autoComplete="username" focus />
                    <Field
                        name="password"
                        label="Password"
                        type="password"
                        value={password}
                        onValue={setPassword}
                        required
                        autoComplete="current-password"
                    />
                    <Field
                        name="code"
                        label="Code"
                        value={code}
                        onValue={setCode}
                        required
                        autoComplete="one-time-code"
                        inputMode="numeric"
                        pattern="\s*[0-9]{3}\s*[0-9]{3}\s*"
                        hint="The six digits of your authenticator. Each is good once."
                    />
                    <button type="submit" class="first" disabled={deed.busy}>
                        {deed.busy ? "Signing in …" : "Sign in"}
                    </button>
                    <Complaint refused={deed.refused} />
                </Form>
            </div>
        </main>
    );
}
