// Cases: what customers are told of, and until when the next word is promised.

import type { CaseHead } from "../../api/told";
import { useClock } from "../../frame/strip";
import { type Column, Table } from "../../parts/table";
import { Card, Chip, Complaint, Said, Waiting, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { to } from "../../state/route";
import { serviceTone, serviceWords, stateTone } from "../../text/public";

function isLate(one: CaseHead, now: number): boolean {
    return one.over === null && one.next_update_by !== null && Date.parse(one.next_update_by) < now;
}

function columnsOf(now: number): readonly Column<CaseHead>[] {
    return [
        { name: "State", cell: (one) => <Chip tone={stateTone(one.state)}>{one.state}</Chip>, by: (one) => one.state },
        {
            name: "Case",
            cell: (one) => (
                <a href={to("incidents", one.id)}>
                    <Said text={one.title} />
                </a>
            ),
            by: (one) => one.title,
        },
        { name: "Opened", cell: (one) => <When time={one.opened} date="always" />, by: (one) => one.opened, lesser: true },
        { name: "Worst", cell: (one) => <Chip tone={serviceTone(one.worst)}>{serviceWords[one.worst]}</Chip>, lesser: true },
        { name: "Told", cell: (one) => (one.public ? "customers were told" : "customers know nothing"), by: (one) => Number(one.public) },
        {
            name: "Promised",
            cell: (one) =>
                one.over === null ? (
                    <>
                        {one.next_update_by === null ? "no next update" : "next update by "}
                        {one.next_update_by === null ? null : <When time={one.next_update_by} />}
                        {isLate(one, now) ? <strong class="bad"> overdue</strong> : null}
                    </>
                ) : (
                    <span class="quiet">
                        over <When time={one.over} />
                    </span>
                ),
            by: (one) => one.next_update_by ?? "",
        },
    ];
}

export function Cases() {
    const { answer, refused, again } = useAsked<{ cases: CaseHead[] }>("cases", {}, 10_000);
    const now = useClock(5_000);
    return (
        <Card title="What customers are told of" wide>
            <Complaint refused={refused} again={again} />
            {answer === null ? (
                refused === null ? (
                    <Waiting what="Asking" />
                ) : null
            ) : (
                <Table
                    caption="Cases"
                    rows={[...answer.cases].sort((a, b) => Number(a.over !== null) - Number(b.over !== null))}
                    columns={columnsOf(now)}
                    keyOf={(one) => one.id}
                    empty="None yet. Each incident opens one, or somebody does."
                    tone={(one) => (isLate(one, now) ? "bad" : "")}
                    first={20}
                    stacked
                />
            )}
        </Card>
    );
}
