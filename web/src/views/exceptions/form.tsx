// A new exception: whom, for how long, and why.

import { useState } from "preact/hooks";
import { call } from "../../api/call";
import type { Exception } from "../../api/types";
import { Choice, expiries, expiryHint, Field, Form, Needs, Tick } from "../../parts/forms";
import { Complaint, Done } from "../../parts/words";
import { useDeed } from "../../state/deed";
import { may } from "../../state/session";
import { clean } from "../../text/clean";
import { isMany } from "../../text/subject";

type Effect = Exception["effect"];

function inWords(one: Exception): string {
    return `${one.subject} is ${one.effect === "allow" ? "never stopped" : "always refused"} ${one.expires === null ? "until it is lifted" : `until ${one.expires.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC")}`}.`;
}

/** Those known are chosen by their number, not typed: in a field, what turns the direction of a name would deceive. */
function Whom({ subjects, value, onValue }: { subjects: readonly string[]; value: string; onValue: (value: string) => void }) {
    const chosen = value === "" ? -1 : subjects.indexOf(value);
    return (
        <>
            {subjects.length === 0 ? null : (
                <Choice
                    name="known"
                    label="Whom"
                    value={String(chosen)}
                    options={[...subjects.map((each, at) => ({ value: String(at), text: clean(each) })), { value: "-1", text: "Another" }]}
                    onValue={(at) => onValue(subjects[Number(at)] ?? "")}
                />
            )}
            {chosen >= 0 ? null : (
                <Field
                    name="subject"
                    label={subjects.length === 0 ? "Whom" : "Which other"}
                    value={value}
                    onValue={onValue}
                    required
                    hint="An address, a network (192.0.2.0/24), AS64500, or an account"
                />
            )}
        </>
    );
}

export function ExceptionForm({ subjects, onDone }: { subjects: readonly string[]; onDone: () => void }) {
    const [subject, setSubject] = useState(subjects[0] ?? "");
    const [effect, setEffect] = useState<Effect>("allow");
    const [reason, setReason] = useState("");
    const [expires, setExpires] = useState("7d");
    const [sure, setSure] = useState(false);
    const deed = useDeed();
    const order = async () => {
        const held = await deed.run(async () =>
            inWords(
                await call<Exception>("exceptions", {
                    method: "POST",
                    body: { effect, subject: subject.trim(), reason, expires: expires.trim() },
                }),
            ),
        );
        if (!held) return;
        setReason("");
        setSure(false);
        onDone();
    };
    return (
        <Needs least="support" what="An exception">
            <Form label="A new exception" onSubmit={() => void order()}>
                <Choice<Effect>
                    name="effect"
                    label="What"
                    value={effect}
                    onValue={setEffect}
                    options={[
                        { value: "allow", text: "Allow: never stop" },
                        { value: "deny", text: may("act") ? "Deny: always refuse" : "Deny: takes the role act", disabled: !may("act") },
                    ]}
                />
                <Whom subjects={subjects} value={subject} onValue={setSubject} />
                <Field
                    name="expires"
                    label="For how long"
                    value={expires}
                    onValue={setExpires}
                    required
                    list={expiries}
                    hint={may("act") ? expiryHint : `${expiryHint}; with your role at most 31 days`}
                />
                <Field name="reason" label="Why, and for whom" value={reason} onValue={setReason} required />
                {isMany(subject.trim()) ? (
                    <Tick
                        name="all"
                        label={`All in there ${effect === "allow" ? "are never to be stopped, attackers too" : "are to be refused, customers too"}`}
                        value={sure}
                        onValue={setSure}
                    />
                ) : null}
                <button
                    type="submit"
                    class={effect === "allow" ? "first" : "danger"}
                    disabled={deed.busy || (isMany(subject.trim()) && !sure)}
                >
                    {effect === "allow" ? "Allow" : "Deny"}
                </button>
                <Complaint refused={deed.refused} />
                <Done text={deed.done} />
            </Form>
        </Needs>
    );
}
