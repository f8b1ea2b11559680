// Who did what: the deeds, and the calls over this API.

import { useState } from "preact/hooks";
import type { AuditEntry, Deed } from "../api/types";
import { Choice, Field, Form } from "../parts/forms";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { may } from "../state/session";

const pageOf = 100;

const deedColumns: readonly Column<Deed>[] = [
    { name: "Time", cell: (one) => <When time={one.time} date="always" /> },
    { name: "Who", cell: (one) => <Said text={one.author} /> },
    { name: "What", cell: (one) => <Chip tone="plain">{one.action}</Chip> },
    { name: "About", cell: (one) => <Said text={one.subject} mono /> },
    { name: "Why", cell: (one) => <Said text={one.reason} /> },
];

const callColumns: readonly Column<AuditEntry>[] = [
    { name: "Time", cell: (one) => <When time={one.time} date="always" /> },
    {
        name: "Who",
        cell: (one) => (
            <>
                <Said text={one.who} />
                {one.by === "session" ? "" : <span class="quiet"> ({one.by === "token" ? "token" : "not signed in"})</span>}
            </>
        ),
    },
    { name: "From", cell: (one) => <Said text={one.from} mono />, lesser: true },
    {
        name: "Call",
        cell: (one) => (
            <code class="mono">
                <Said text={one.call} />
            </code>
        ),
    },
    { name: "About", cell: (one) => <Said text={one.subject} mono />, lesser: true },
    {
        name: "Result",
        cell: (one) => <Chip tone={one.result < 300 ? "good" : one.result < 500 ? "warn" : "bad"}>{one.result}</Chip>,
        number: true,
    },
];

interface Paged<Row> {
    path: string;
    list: "deeds" | "entries";
    query: Record<string, string>;
    columns: readonly Column<Row>[];
    caption: string;
    /** rows that are shown elsewhere */
    hides?: (row: Row) => boolean;
}

function Pages<Row extends { id: number }>({ path, list, query, columns, caption, hides = () => false }: Paged<Row>) {
    const [before, setBefore] = useState<readonly number[]>([]);
    const last = before.at(-1);
    const { answer, refused, again } = useAsked<Record<string, Row[]>>(path, { ...query, most: pageOf, before: last });
    const rows = answer?.[list] ?? [];
    const oldest = rows.at(-1);
    return (
        <>
            <Complaint refused={refused} again={again} />
            {answer === null && refused === null ? (
                <Waiting what="Asking" />
            ) : (
                <Table caption={caption} rows={rows.filter((row) => !hides(row))} columns={columns} keyOf={(row) => row.id} empty="None." />
            )}
            <p class="row">
                <button type="button" disabled={before.length === 0} onClick={() => setBefore(before.slice(0, -1))}>
                    Newer
                </button>
                <button
                    type="button"
                    disabled={oldest === undefined || rows.length < pageOf}
                    onClick={() => oldest === undefined || setBefore([...before, oldest.id])}
                >
                    Older
                </button>
            </p>
        </>
    );
}

const actions = ["", "allow", "deny", "lift", "vouch", "mode", "reload", "forget", "backup", "close", "drain", "quarantine", "back"];

function given(query: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

function Deeds() {
    const [asked, setAsked] = useState({ author: "", action: "", subject: "" });
    const [draft, setDraft] = useState(asked);
    return (
        <Card title="Deeds" aside="what operators ordered, over the console or the command line" wide>
            <Form label="Only those deeds" onSubmit={() => setAsked(draft)}>
                <div class="row">
                    <Field name="author" label="By" value={draft.author} onValue={(author) => setDraft({ ...draft, author })} />
                    <Choice
                        name="action"
                        label="What"
                        value={draft.action}
                        options={actions.map((value) => ({ value, text: value === "" ? "anything" : value }))}
                        onValue={(action) => setDraft({ ...draft, action })}
                    />
                    <Field name="subject" label="About" value={draft.subject} onValue={(subject) => setDraft({ ...draft, subject })} />
                    <button type="submit">Look</button>
                </div>
            </Form>
            <Pages<Deed>
                key={JSON.stringify(asked)}
                path="deeds"
                list="deeds"
                query={given(asked)}
                columns={deedColumns}
                caption="Deeds, the latest first"
                hides={(one) => one.action === "console"} // a call: shown below, to those who may see them
            />
        </Card>
    );
}

function Calls() {
    const [asked, setAsked] = useState({ who: "", call: "" });
    const [draft, setDraft] = useState(asked);
    return (
        <Card title="Calls" aside="log-ins, and every call that may change something, also those refused" wide>
            <Form label="Only those calls" onSubmit={() => setAsked(draft)}>
                <div class="row">
                    <Field name="who" label="Who" value={draft.who} onValue={(who) => setDraft({ ...draft, who })} />
                    <Field
                        name="call"
                        label="Call"
                        value={draft.call}
                        onValue={(call) => setDraft({ ...draft, call })}
                        placeholder="POST /v1/mode"
                    />
                    <button type="submit">Look</button>
                </div>
            </Form>
            <Pages<AuditEntry>
                key={JSON.stringify(asked)}
                path="audit"
                list="entries"
                query={given(asked)}
                columns={callColumns}
                caption="Calls, the latest first"
            />
        </Card>
    );
}

export function AuditView() {
    return (
        <>
            <Deeds />
            {may("act") ? <Calls /> : <p class="quiet needs">The log of calls takes the role act.</p>}
        </>
    );
}
