// Queues that are backed up, or of which nothing is known: only then is there something to see.

import { Card, Chip, Said, When } from "../../parts/words";
import { to } from "../../state/route";
import { count, many } from "../../text/numbers";
import { span } from "../../text/time";
import { queueStanding, useQueues } from "../servers/queues";

export function QueuesNow() {
    const { answer } = useQueues(10_000);
    const bad = (answer?.queues ?? []).filter((queue) => queue.backed_up || queue.trouble !== "");
    if (bad.length === 0) return null;
    return (
        <Card title="Queues" aside={<a href={to("servers")}>all of them</a>}>
            <ul class="alerts">
                {bad.map((queue) => (
                    <li key={queue.name}>
                        <span>
                            <Chip tone="bad">{queueStanding(queue).text}</Chip> <Said text={queue.name} mono />:{" "}
                            {queue.trouble === "" ? (
                                <>
                                    {many(queue.late, "mail is", "mails are")} late of {count(queue.waiting)}
                                    {queue.oldest_seconds === null ? "" : `, the oldest for ${span(queue.oldest_seconds)}`}
                                    {queue.since === null ? null : (
                                        <>
                                            , since <When time={queue.since} />
                                        </>
                                    )}
                                </>
                            ) : (
                                <Said text={queue.trouble} />
                            )}
                        </span>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
