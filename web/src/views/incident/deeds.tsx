// What people do with a record: write into it, close it, take it along.

import { useState } from "preact/hooks";
import { address, call } from "../../api/call";
import { Field, Form, Needs, Tick } from "../../parts/forms";
import { Card, Complaint, Done } from "../../parts/words";
import { useDeed } from "../../state/deed";
import { may } from "../../state/session";
import { zone } from "../../text/time";

const mostBytes = 4000;

export function Say({ id, onDone }: { id: string; onDone: () => void }) {
    const [text, setText] = useState("");
    const deed = useDeed();
    const bytes = new TextEncoder().encode(text).length;
    const order = async () => {
        const kept = await deed.run(async () => {
            await call(`incidents/${encodeURIComponent(id)}/say`, { method: "POST", body: { text } });
            return "It is in the record, and on the disk.";
        });
        if (!kept) return;
        setText("");
        onDone();
    };
    return (
        <Needs least="support" what="Writing into the record">
            <Form label="Write into the record" onSubmit={() => void order()}>
                <div class="row">
                    <div class="field grow">
                        <label for="say">Say something</label>
                        <textarea id="say" name="text" required value={text} onInput={(event) => setText(event.currentTarget.value)} />
                    </div>
                    <button type="submit" disabled={deed.busy || bytes > mostBytes}>
                        Write it down
                    </button>
                </div>
                {bytes > mostBytes ? <p class="bad">{bytes - mostBytes} bytes too long.</p> : null}
                <Complaint refused={deed.refused} />
                <Done text={deed.done} />
            </Form>
        </Needs>
    );
}

export function Close({ id, onDone }: { id: string; onDone: () => void }) {
    const [reason, setReason] = useState("");
    const deed = useDeed();
    const order = async () => {
        const closed = await deed.run(async () => {
            await call(`incidents/${encodeURIComponent(id)}/close`, { method: "POST", body: { reason } });
            return "It is closed.";
        });
        if (closed) onDone();
    };
    return (
        <Card title="Close it">
            <p class="hint">
                It closes by itself once no alarm is open for half an hour. Closed by hand, the alarms that are open now do not open
                another.
            </p>
            <Needs least="act" what="Closing an incident">
                <Form label="Close the incident" onSubmit={() => void order()}>
                    <Field name="reason" label="Why is it over?" value={reason} onValue={setReason} required />
                    <button type="submit" class="danger" disabled={deed.busy}>
                        Close the incident
                    </button>
                    <Complaint refused={deed.refused} />
                    <Done text={deed.done} />
                </Form>
            </Needs>
        </Card>
    );
}

export function Export({ id, names }: { id: string; names: boolean }) {
    const [withNames, setWithNames] = useState(names);
    const path = `incidents/${encodeURIComponent(id)}`;
    const named = withNames ? { names: true } : {};
    return (
        <Card title="Take it along">
            <p class="hint">
                The Markdown is the whole record, with the times of {zone}; the draft of the post-mortem is for customers, with what we told
                them.
            </p>
            {may("support") ? (
                <Tick name="with-names" label="With the names of accounts: not for publishing" value={withNames} onValue={setWithNames} />
            ) : null}
            <p class="row">
                <a class="button" href={address(path, { form: "markdown", zone, ...named })} download={`incident-${id}.md`}>
                    Markdown
                </a>
                <a class="button" href={address(path, { form: "json", ...named })} download={`incident-${id}.json`}>
                    JSON
                </a>
                <a
                    class="button"
                    href={address(`cases/${encodeURIComponent(id)}/postmortem`, { form: "draft" })}
                    download={`post-mortem-${id}.md`}
                >
                    Draft of the post-mortem
                </a>
            </p>
        </Card>
    );
}
