// What those who work on it write down for each other; never public.

import { useState } from "preact/hooks";
import type { Case, CaseNote } from "../../api/told";
import { Area, bytesOf } from "../../parts/areas";
import { Choice, Form, Needs } from "../../parts/forms";
import { Card, Chip, Complaint, Done, Said, When } from "../../parts/words";
import { useCaseOrders } from "../../state/case";

export function NoteLines({ notes, empty }: { notes: readonly CaseNote[]; empty: string }) {
    return (
        <>
            {notes.length === 0 ? <p class="quiet">{empty}</p> : null}
            <ol class="timeline">
                {notes.map((note, at) => (
                    <li key={`${note.time}/${at}`}>
                        <When time={note.time} date="always" />
                        <span>
                            <Chip tone={note.kind === "action" ? "good" : "plain"}>{note.kind}</Chip>
                        </span>
                        <span>
                            <strong>
                                <Said text={note.who} />:{" "}
                            </strong>
                            <Said text={note.text} lines />
                        </span>
                    </li>
                ))}
            </ol>
        </>
    );
}

type Kind = "note" | "action";

/** A note about an incident goes into its own record, where it can be written, too: only actions are left for the case. */
export function NoteForm({ of, again }: { of: Case; again: () => void }) {
    const byHand = of.incident === "";
    const [text, setText] = useState("");
    const [kind, setKind] = useState<Kind>(byHand ? "note" : "action");
    const orders = useCaseOrders(of.id, again);
    const write = async () => {
        if (await orders.order("notes", "It is written down.", { text, kind })) setText("");
    };
    return (
        <Needs least="support" what="Writing into the case">
            <Form label="Write into the case" onSubmit={() => void write()}>
                <div class="row">
                    <Area name="note" label={byHand ? "Write into the case" : "What did you do?"} value={text} onValue={setText} required />
                    {byHand ? (
                        <Choice<Kind>
                            name="kind"
                            label="It is"
                            value={kind}
                            onValue={setKind}
                            options={[
                                { value: "note", text: "a word" },
                                { value: "action", text: "what was done" },
                            ]}
                        />
                    ) : null}
                    <button type="submit" disabled={orders.busy || bytesOf(text) > 4000}>
                        {byHand ? "Write it down" : "Write down what was done"}
                    </button>
                </div>
                <Complaint refused={orders.refused} />
                <Done text={orders.done} />
            </Form>
        </Needs>
    );
}

export function CaseNotes({ of, again }: { of: Case; again: () => void }) {
    return (
        <Card title="Notes of the case" aside="never public">
            <NoteLines notes={of.notes} empty="None yet." />
            <NoteForm of={of} again={again} />
        </Card>
    );
}
