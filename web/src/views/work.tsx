// Announced work: what goes on, what is planned, what was, and a new one.

import type { Work } from "../api/told";
import { useClock } from "../frame/strip";
import { type Column, Table } from "../parts/table";
import { Card, Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { useServices } from "../state/case";
import { to } from "../state/route";
import { many } from "../text/numbers";
import { type Standing, standingOf } from "../text/work";
import { Announce } from "./work/announce";
import { OneWork } from "./work/one";

interface Row extends Work {
    standing: Standing;
}

export function WorkChip({ standing }: { standing: Standing }) {
    return (
        <>
            <Chip tone={standing.tone}>{standing.text}</Chip>
            {standing.overdue === "" ? null : <strong class="bad"> {standing.overdue}</strong>}
        </>
    );
}

const columns: readonly Column<Row>[] = [
    {
        name: "Work",
        cell: ({ plan }) => (
            <a href={to("work", plan.id)}>
                <Said text={plan.title} />
            </a>
        ),
    },
    { name: "State", cell: ({ standing }) => <WorkChip standing={standing} /> },
    {
        name: "From, until",
        cell: ({ plan }) => (
            <>
                <When time={plan.from} date="always" /> – <When time={plan.until} date="always" />
            </>
        ),
    },
    { name: "Services", cell: ({ plan }) => (plan.services.length === 0 ? "–" : plan.services.join(", ")), lesser: true },
    { name: "By", cell: ({ author }) => <Said text={author} />, lesser: true },
];

function Lines({ title, rows, empty }: { title: string; rows: readonly Row[]; empty: string }) {
    const late = rows.filter(({ standing }) => standing.overdue !== "").length;
    return (
        <Card title={title} aside={late === 0 ? "" : <Chip tone="bad">{many(late, "of them overdue", "of them overdue")}</Chip>} wide>
            <Table
                caption={title}
                rows={rows}
                columns={columns}
                keyOf={({ plan }) => plan.id}
                empty={empty}
                tone={({ standing }) => (standing.overdue === "" ? "" : "bad")}
                first={20}
                stacked
            />
        </Card>
    );
}

function byBeginning(a: Row, b: Row): number {
    return a.plan.from.localeCompare(b.plan.from);
}

function All({ work, again }: { work: readonly Work[]; again: () => void }) {
    const now = useClock(5_000);
    const { services } = useServices();
    const rows = work.map((one) => ({ ...one, standing: standingOf(one.plan, now) })).sort(byBeginning);
    const of = (group: Standing["group"]) => rows.filter(({ standing }) => standing.group === group);
    return (
        <div class="grid">
            <Lines title="Under way" rows={of("under way")} empty="Nothing: alarms are not marked as work's." />
            <Lines title="Planned" rows={of("planned")} empty="Nothing is announced." />
            <Announce services={services} onDone={again} />
            <Lines title="Past" rows={of("past").reverse()} empty="None within the last 90 days." />
        </div>
    );
}

export function WorkView({ rest }: { rest: string }) {
    const { answer, refused, again } = useAsked<{ work: Work[] }>("work", {}, 10_000);
    const one = answer?.work.find(({ plan }) => plan.id === rest);
    return (
        <>
            <Complaint refused={refused} again={again} />
            {answer === null ? (
                refused === null ? (
                    <Waiting what="Asking" />
                ) : null
            ) : rest === "" ? (
                <All work={answer.work} again={again} />
            ) : (
                <OneWork id={rest} work={one ?? null} again={again} />
            )}
        </>
    );
}
