// One's own words for customers, and the promise that goes with them.

import { useState } from "preact/hooks";
import type { PublicState } from "../../api/told";
import { Choice, Field, Form } from "../../parts/forms";

const mostBytes = 4000;

const states: readonly { value: PublicState; text: string }[] = [
    { value: "investigating", text: "We are looking for the cause" },
    { value: "identified", text: "The cause is found" },
    { value: "mending", text: "We are mending it" },
    { value: "watching", text: "It works again, and we are watching" },
    { value: "over", text: "Over" },
];

interface Telling {
    state: PublicState;
    busy: boolean;
    onTell: (words: { text: string; state: PublicState; next?: string }) => Promise<boolean>;
}

export function TellCustomers({ state: before, busy, onTell }: Telling) {
    const [text, setText] = useState("");
    const [state, setState] = useState<PublicState | null>(null);
    const [next, setNext] = useState("");
    const bytes = new TextEncoder().encode(text).length;
    const tell = async () => {
        const promise = next.trim();
        if (!(await onTell({ text, state: state ?? before, ...(promise === "" ? {} : { next: promise }) }))) return;
        setText("");
        setState(null);
        setNext("");
    };
    return (
        <Form label="Tell customers" onSubmit={() => void tell()}>
            <div class="field">
                <label for="tell">Words for customers</label>
                <textarea id="tell" name="text" required value={text} onInput={(event) => setText(event.currentTarget.value)} />
            </div>
            <p class="hint">Names of accounts and addresses that stand in them are taken out.</p>
            <div class="row">
                <Choice name="state" label="How far is it?" value={state ?? before} options={states} onValue={setState} />
                <Field
                    name="next"
                    label="Next update within"
                    value={next}
                    onValue={setNext}
                    list={["30m", "1h", "2h", "12h", "none"]}
                    placeholder="as configured"
                />
                <button type="submit" disabled={busy || bytes > mostBytes}>
                    Tell customers
                </button>
            </div>
            {bytes > mostBytes ? <p class="bad">{bytes - mostBytes} bytes too long.</p> : null}
        </Form>
    );
}
