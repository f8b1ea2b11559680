// The servers behind the edge, and what can be ordered about them.

import type { Server } from "../api/types";
import { Chip, Complaint, Said, Waiting, When } from "../parts/words";
import { useAsked } from "../state/asked";
import { count, percent, rate } from "../text/numbers";
import { stateTone } from "./server_words";
import { EdgeCounts } from "./servers/edge";
import { ListenersCard } from "./servers/listeners";
import { ServerOrder } from "./servers/order";
import { Queues } from "./servers/queues";

function Sessions({ server }: { server: Server }) {
    return (
        <>
            {count(server.sessions)}
            {server.most_sessions > 0 ? ` of ${count(server.most_sessions)}` : ""}
            {server.waiting > 0 ? `, ${count(server.waiting)} wait for their turn` : ""}
            {server.leaving > 0 ? `, ${count(server.leaving)} are leaving` : ""}
        </>
    );
}

function Facts({ server }: { server: Server }) {
    return (
        <dl class="facts">
            <dt>Sessions</dt>
            <dd>
                <Sessions server={server} />
            </dd>
            <dt>Share</dt>
            <dd>
                {percent(server.share)}, fair is {percent(server.fair_share)}
            </dd>
            <dt>Weight</dt>
            <dd>
                {rate(server.weight_now)} of {rate(server.weight)}
            </dd>
            <dt>Log-ins a second</dt>
            <dd>
                {rate(server.log_ins_a_second)}
                {server.may_log_in_a_second > 0 ? `, may ${rate(server.may_log_in_a_second)}` : ""}
            </dd>
            <dt>In flight</dt>
            <dd>
                {count(server.in_flight)} of {server.limit === 0 ? "a limit not yet found" : count(server.limit)}, {count(server.queued)}{" "}
                queued
            </dd>
        </dl>
    );
}

function Why({ why, author, since, until }: { why: string; author: string; since: string | null; until: string | null }) {
    return (
        <p>
            {why === "" ? null : <Said text={why} />}
            {author === "" ? null : (
                <>
                    {" "}
                    by <Said text={author} />
                </>
            )}
            {since === null ? null : (
                <>
                    {" "}
                    since <When time={since} />
                </>
            )}
            {until === null ? null : (
                <>
                    , until <When time={until} />
                </>
            )}
        </p>
    );
}

function ServerCard({ server, onDone }: { server: Server; onDone: () => void }) {
    const tone = stateTone(server.state);
    return (
        <section class={`card ${tone}`} aria-label={server.server}>
            <div class="card-head">
                <h2 class="mono">
                    <Said text={server.server} />
                </h2>
                <span>
                    <Chip tone={tone}>{server.state}</Chip>
                    {server.also ? <Chip tone={stateTone(server.also.state)}>also {server.also.state}</Chip> : null}
                </span>
            </div>
            {server.state === "up" && server.why === "" ? null : <Why {...server} />}
            {server.also ? <Why {...server.also} since={null} /> : null}
            <Facts server={server} />
            <ServerOrder server={server} onDone={onDone} />
        </section>
    );
}

function ServerCards() {
    const { answer, refused, again } = useAsked<{ servers: Server[] }>("servers", {}, 5_000);
    if (answer === null) return refused === null ? <Waiting what="Asking" /> : <Complaint refused={refused} again={again} />;
    if (answer.servers.length === 0) return <p class="quiet">No servers stand behind an edge. docs/edge.md says how they come there.</p>;
    return (
        <>
            <Complaint refused={refused} again={again} />
            <div class="server-cards">
                {answer.servers.map((server) => (
                    <ServerCard key={server.server} server={server} onDone={again} />
                ))}
            </div>
        </>
    );
}

export function ServersView() {
    return (
        <>
            <ServerCards />
            <Queues />
            <ListenersCard />
            <EdgeCounts />
        </>
    );
}
