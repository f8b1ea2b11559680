// Announced work that goes on, or should: what happens meanwhile is read beside it.

import type { Work } from "../../api/told";
import { useClock } from "../../frame/strip";
import { Card, Said, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { to } from "../../state/route";
import { standingOf } from "../../text/work";
import { WorkChip } from "../work";

export function WorkNow() {
    const { answer } = useAsked<{ work: Work[] }>("work", {}, 15_000);
    const now = useClock(5_000);
    const going = (answer?.work ?? [])
        .map(({ plan }) => ({ plan, standing: standingOf(plan, now) }))
        .filter(({ standing }) => standing.group === "under way" || standing.overdue !== "");
    if (going.length === 0) return null;
    return (
        <Card title="Announced work" aside={<a href={to("work")}>all of it</a>}>
            <ul class="alerts stops">
                {going.map(({ plan, standing }) => (
                    <li key={plan.id}>
                        <span>
                            <a href={to("work", plan.id)}>
                                <Said text={plan.title} />
                            </a>
                            {plan.services.length === 0 ? "" : ` (${plan.services.join(", ")})`},{" "}
                            <span class="quiet">
                                until <When time={plan.until} />
                            </span>
                        </span>
                        <span>
                            <WorkChip standing={standing} />
                        </span>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
