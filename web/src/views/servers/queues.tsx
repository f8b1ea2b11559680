// The mail servers' queues: how much waits, for how long, and where it wants to go.

import type { Queue } from "../../api/types";
import { useClock } from "../../frame/strip";
import { Card, Chip, Complaint, Said, Waiting, When } from "../../parts/words";
import { useAsked } from "../../state/asked";
import { bytes, count, many, rate } from "../../text/numbers";
import { secondsBetween, span } from "../../text/time";

export interface QueueStanding {
    tone: "good" | "warn" | "bad" | "plain";
    text: string;
}

export function queueStanding(queue: Queue): QueueStanding {
    if (queue.trouble !== "") return { tone: "bad", text: "can't be read" };
    if (queue.read === null) return { tone: "plain", text: "not read yet" };
    return queue.backed_up ? { tone: "bad", text: "backed up" } : { tone: "good", text: "flows" };
}

export function useQueues(everyMs: number) {
    return useAsked<{ queues: Queue[] }>("queues", {}, everyMs);
}

function Late({ queue }: { queue: Queue }) {
    const usual = queue.usual_late === null ? "what is usual is not known yet" : `usual are ${rate(queue.usual_late)}`;
    return (
        <>
            {queue.backed_up ? <strong class="bad">{count(queue.late)}</strong> : count(queue.late)}, {usual}
        </>
    );
}

function Facts({ queue }: { queue: Queue }) {
    return (
        <dl class="facts">
            <dt>Waiting</dt>
            <dd>
                {many(queue.waiting, "mail")}:{queue.program === "exim" ? "" : ` ${count(queue.active)} under way,`} {count(queue.deferred)}{" "}
                deferred; {bytes(queue.bytes)}
            </dd>
            <dt>Late</dt>
            <dd>
                <Late queue={queue} />
            </dd>
            <dt>Oldest</dt>
            <dd>{queue.oldest_seconds === null ? "–" : `waits for ${span(queue.oldest_seconds)}`}</dd>
            {queue.held === 0 ? null : (
                <>
                    <dt>Held</dt>
                    <dd>{count(queue.held)}, kept back by hand</dd>
                </>
            )}
        </dl>
    );
}

function Domains({ queue }: { queue: Queue }) {
    if (queue.domains.length === 0) return null;
    return (
        <>
            <h3>Where it wants to go</h3>
            <ul class="domains">
                {queue.domains.slice(0, 10).map(({ domain, messages }) => (
                    <li key={domain}>
                        <Said text={domain} mono /> <span class="n">{count(messages)}</span>
                    </li>
                ))}
            </ul>
        </>
    );
}

function Trouble({ queue }: { queue: Queue }) {
    if (queue.trouble === "") return null;
    return (
        <div class="complaint">
            <p>
                <strong>
                    <Said text={queue.trouble} />
                </strong>
            </p>
            <p>
                It is tried again.{" "}
                {queue.read === null ? (
                    "It was never read."
                ) : (
                    <>
                        What stands here is of <When time={queue.read} />.
                    </>
                )}
            </p>
        </div>
    );
}

function QueueCard({ queue }: { queue: Queue }) {
    const { tone, text } = queueStanding(queue);
    const now = useClock(5_000);
    return (
        <section class={`card ${tone}`} aria-label={`Queue ${queue.name}`}>
            <div class="card-head">
                <h3 class="mono">
                    <Said text={queue.name} /> <span class="quiet">({queue.program})</span>
                </h3>
                <Chip tone={tone}>{text}</Chip>
            </div>
            {queue.backed_up && queue.since !== null ? (
                <p>
                    Backed up since <When time={queue.since} />
                </p>
            ) : null}
            <Trouble queue={queue} />
            {queue.read === null ? null : (
                <>
                    <Facts queue={queue} />
                    <Domains queue={queue} />
                    <p class="hint">
                        Read {span(secondsBetween(queue.read, now))} ago, in {rate(queue.took_seconds)} s
                    </p>
                </>
            )}
        </section>
    );
}

export function Queues() {
    const { answer, refused, again } = useQueues(5_000);
    const queues = answer?.queues ?? [];
    return (
        <Card title="Queues" aside="late: waits longer than it should, and came within two hours">
            <Complaint refused={refused} again={again} />
            {answer === null && refused === null ? <Waiting what="Asking" /> : null}
            {answer !== null && queues.length === 0 ? (
                <p class="quiet">
                    No queue is watched: <code>[[queue]]</code> in the configuration names them; docs/queues.md says how.
                </p>
            ) : null}
            <div class="server-cards">
                {queues.map((queue) => (
                    <QueueCard key={queue.name} queue={queue} />
                ))}
            </div>
        </Card>
    );
}
