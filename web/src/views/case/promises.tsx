// What was promised and until when: the next update, reports, and what is to be looked at before it is over.

import { useState } from "preact/hooks";
import type { Case, CasePromise } from "../../api/told";
import { Field, Form, Needs } from "../../parts/forms";
import { Card, Chip, Complaint, Done, Said, When } from "../../parts/words";
import { type CaseOrders, useCaseOrders } from "../../state/case";
import { may } from "../../state/session";
import { clean } from "../../text/clean";

const byHint = "30m, 12h, 7d, a date (2026-08-31), or a time";

function reportState(report: CasePromise): { tone: "good" | "warn" | "bad" | "plain"; text: string } {
    if (report.kept !== null) return { tone: "good", text: "made" };
    if (report.broken || Date.parse(report.due) < Date.now()) return { tone: "bad", text: "overdue" };
    return report.reminded ? { tone: "warn", text: "due soon" } : { tone: "plain", text: "owed" };
}

function Report({ report, orders }: { report: CasePromise; orders: CaseOrders }) {
    const { tone, text } = reportState(report);
    return (
        <li>
            <span>
                <Chip tone={tone}>{text}</Chip> <Said text={report.name} />
                <span class="quiet">
                    , due <When time={report.due} date="always" />
                    {report.kept === null ? null : (
                        <>
                            , made <When time={report.kept} date="always" />
                        </>
                    )}
                </span>
            </span>
            {report.kept === null && may("act") ? (
                <button
                    type="button"
                    disabled={orders.busy}
                    onClick={() => void orders.order("promise", "It is noted as made.", { report: report.name, kept: true })}
                >
                    It was made<span class="heard"> ({clean(report.name)})</span>
                </button>
            ) : null}
        </li>
    );
}

function Reports({ of, orders }: { of: Case; orders: CaseOrders }) {
    return (
        <>
            <h3>Reports that are owed</h3>
            {of.reports.length === 0 ? <p class="quiet">None.</p> : null}
            <ul class="alerts stops">
                {of.reports.map((report) => (
                    <Report key={report.name} report={report} orders={orders} />
                ))}
            </ul>
        </>
    );
}

function NextUpdate({ orders }: { orders: CaseOrders }) {
    const [by, setBy] = useState("");
    const promise = async () => {
        if (await orders.order("promise", "It is promised.", { by: by.trim() })) setBy("");
    };
    return (
        <Form label="Promise the next update" onSubmit={() => void promise()}>
            <div class="row">
                <Field
                    name="by"
                    label="Promise the next update within"
                    value={by}
                    onValue={setBy}
                    required
                    list={["30m", "1h", "2h", "12h"]}
                />
                <button type="submit" disabled={orders.busy}>
                    Promise it
                </button>
            </div>
        </Form>
    );
}

function Owe({ orders }: { orders: CaseOrders }) {
    const [report, setReport] = useState("");
    const [by, setBy] = useState("");
    const owe = async () => {
        if (!(await orders.order("promise", "It is owed.", { report: report.trim(), by: by.trim() }))) return;
        setReport("");
        setBy("");
    };
    return (
        <details class="stop">
            <summary>Owe a report</summary>
            <div class="stack">
                <p class="row">
                    <button
                        type="button"
                        disabled={orders.busy}
                        onClick={() =>
                            void orders.order("promise", "All that are configured are owed, from its opening on.", { reports: true })
                        }
                    >
                        All that are configured
                    </button>
                </p>
                <Form label="Owe a report" onSubmit={() => void owe()}>
                    <Field name="report" label="To whom, and what" value={report} onValue={setReport} required />
                    <Field name="due" label="Due" value={by} onValue={setBy} required list={["12h", "1d", "3d", "30d"]} hint={byHint} />
                    <button type="submit" disabled={orders.busy}>
                        Owe it
                    </button>
                </Form>
            </div>
        </details>
    );
}

function Checks({ of, orders }: { of: Case; orders: CaseOrders }) {
    const checks = of.checks.map((check, at) => ({ ...check, number: at + 1 }));
    return (
        <>
            <h3>Before it is over</h3>
            {checks.length === 0 ? <p class="quiet">Nothing is to be looked at.</p> : null}
            <ul class="alerts stops">
                {checks.map(({ number, text, done, who }) => (
                    <li key={number}>
                        <span>
                            <Said text={text} />
                            {done === null ? null : (
                                <span class="quiet">
                                    {" "}
                                    – done <When time={done} /> by <Said text={who} />
                                </span>
                            )}
                        </span>
                        {done === null && may("support") ? (
                            <button
                                type="button"
                                disabled={orders.busy}
                                onClick={() => void orders.order("checks", "It is ticked off.", { number })}
                            >
                                Done<span class="heard"> with check {number}</span>
                            </button>
                        ) : null}
                    </li>
                ))}
            </ul>
        </>
    );
}

function AddCheck({ orders }: { orders: CaseOrders }) {
    const [text, setText] = useState("");
    const add = async () => {
        if (await orders.order("checks", "It is to be looked at.", { text })) setText("");
    };
    return (
        <Needs least="support" what="Adding to the checks">
            <Form label="Add a check" onSubmit={() => void add()}>
                <div class="row">
                    <Field name="check" label="Also look at" value={text} onValue={setText} required />
                    <button type="submit" disabled={orders.busy}>
                        Add it
                    </button>
                </div>
            </Form>
        </Needs>
    );
}

export function Promises({ of, again }: { of: Case; again: () => void }) {
    const orders = useCaseOrders(of.id, again);
    const late = of.reports.filter((report) => reportState(report).tone === "bad").length;
    return (
        <Card title="Promises and checks" aside={late === 0 ? "" : <Chip tone="bad">{late} overdue</Chip>}>
            <p>
                Next update:{" "}
                {of.next === null ? (
                    "none promised"
                ) : (
                    <>
                        by <When time={of.next.due} />
                        {of.next.broken ? <strong class="bad">, not kept</strong> : ""}
                    </>
                )}
            </p>
            <Reports of={of} orders={orders} />
            <Needs least="act" what="Promising">
                {of.over === null ? <NextUpdate orders={orders} /> : null}
                <Owe orders={orders} />
            </Needs>
            <Checks of={of} orders={orders} />
            <AddCheck orders={orders} />
            <Complaint refused={orders.refused} />
            <Done text={orders.done} />
        </Card>
    );
}
