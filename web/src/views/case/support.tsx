// Calls to support: how many since the count before, and how long people were on hold.

import { useMemo, useState } from "preact/hooks";
import type { Case, SupportCount } from "../../api/told";
import { Field, Form, Needs } from "../../parts/forms";
import { type Line, Plot } from "../../parts/plot";
import { type Column, Table } from "../../parts/table";
import { Card, Complaint, Done, Said, When } from "../../parts/words";
import { useCaseOrders } from "../../state/case";
import { onHold } from "../../text/hold";
import { count, many } from "../../text/numbers";

const columns: readonly Column<SupportCount>[] = [
    { name: "Counted", cell: (one) => <When time={one.time} date="always" />, by: (one) => one.time },
    { name: "Calls", cell: (one) => count(one.calls), by: (one) => one.calls, number: true },
    { name: "On hold, mean", cell: (one) => onHold(one.mean_seconds), by: (one) => one.mean_seconds, number: true },
    { name: "Longest", cell: (one) => onHold(one.longest_seconds), by: (one) => one.longest_seconds, number: true },
    { name: "By", cell: (one) => <Said text={one.who} />, lesser: true },
];

const callLines: readonly Line[] = [{ label: "calls since the count before", colour: "--attempts", dots: true }];
const holdLines: readonly Line[] = [
    { label: "longest", colour: "--expected", dash: true, dots: true },
    { label: "mean", colour: "--stopped", dots: true },
];

function summaryOf(counts: readonly SupportCount[]): string {
    const calls = counts.reduce((sum, one) => sum + one.calls, 0);
    const longest = Math.max(...counts.map((one) => one.longest_seconds));
    return `${many(calls, "call")} in ${many(counts.length, "count")}; the longest was on hold for ${onHold(longest)} minutes.`;
}

function Series({ counts }: { counts: readonly SupportCount[] }) {
    const [calls, hold] = useMemo((): [[number[], number[]], [number[], number[], number[]]] => {
        const times = counts.map((one) => Date.parse(one.time) / 1000);
        return [
            [times, counts.map((one) => one.calls)],
            [times, counts.map((one) => one.longest_seconds), counts.map((one) => one.mean_seconds)],
        ];
    }, [counts.length]);
    if (counts.length < 2) return null;
    return (
        <>
            <Plot title="Calls to support" summary={summaryOf(counts)} points={calls} lines={callLines} height={110} />
            <Plot title="On hold" summary="Seconds on hold, counted at the same times." points={hold} lines={holdLines} height={110} />
        </>
    );
}

const figures = "[0-9]{1,6}";

function CountForm({ of, again }: { of: Case; again: () => void }) {
    const [calls, setCalls] = useState("");
    const [mean, setMean] = useState("");
    const [longest, setLongest] = useState("");
    const orders = useCaseOrders(of.id, again);
    const wrong = mean !== "" && longest !== "" && Number(longest) < Number(mean);
    const order = async () => {
        const body = {
            calls: Number(calls),
            ...(mean === "" ? {} : { mean: Number(mean) }),
            ...(longest === "" ? {} : { longest: Number(longest) }),
        };
        if (!(await orders.order("lines", "It is counted.", body))) return;
        setCalls("");
        setMean("");
        setLongest("");
    };
    return (
        <Form label="Count calls to support" onSubmit={() => void order()}>
            <div class="row">
                <Field
                    name="calls"
                    label="Calls since the last count"
                    value={calls}
                    onValue={setCalls}
                    required
                    inputMode="numeric"
                    pattern={figures}
                />
                <Field name="mean" label="Seconds on hold, mean" value={mean} onValue={setMean} inputMode="numeric" pattern={figures} />
                <Field
                    name="longest"
                    label="Seconds on hold, longest"
                    value={longest}
                    onValue={setLongest}
                    inputMode="numeric"
                    pattern={figures}
                />
                <button type="submit" disabled={orders.busy || wrong}>
                    Count them
                </button>
            </div>
            {wrong ? (
                <p class="bad" role="status">
                    The longest is below the mean.
                </p>
            ) : null}
            <Complaint refused={orders.refused} />
            <Done text={orders.done} />
        </Form>
    );
}

export function Support({ of, again }: { of: Case; again: () => void }) {
    return (
        <Card title="Calls to support">
            <Series counts={of.support} />
            <Table
                caption="Calls to support, by count"
                rows={[...of.support].reverse()}
                columns={columns}
                keyOf={(one) => `${one.time}/${one.who}/${one.calls}`}
                empty="None were counted yet."
                first={8}
            />
            <Needs least="support" what="Counting calls">
                <CountForm of={of} again={again} />
            </Needs>
        </Card>
    );
}
