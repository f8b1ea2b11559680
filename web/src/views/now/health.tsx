// Tidegate itself: what is in trouble comes first, in words that say what it means.

import type { Scene } from "../../api/types";
import { Card, Chip, Said, When } from "../../parts/words";
import { bytes, count, many } from "../../text/numbers";
import { secondsBetween, span } from "../../text/time";

interface Trouble {
    what: string;
    meaning: string;
}

function doorsInTrouble(now: Scene): Trouble[] {
    return now.doors
        .filter((door) => door.unjudged > 0 || door.broken > 0)
        .map((door) => ({
            what: `Door ${door.listen} (${door.kind}): ${count(door.unjudged)} unjudged, ${count(door.broken)} not understood`,
            meaning: "Since the start. Unjudged ones were answered as the door's `fails` says; broken ones point at what asks.",
        }));
}

/** What does not go as it should, worst first. */
export function troublesOf(now: Scene): Trouble[] {
    const all: Trouble[] = [];
    if (!["ok", ""].includes(now.journal.state))
        all.push({
            what: `The journal: ${now.journal.state}`,
            meaning: `What is learned now may be lost at a restart; ${count(now.journal.lost)} entries were lost. Look at its disk.`,
        });
    if (now.firewall !== null && now.firewall.error !== "")
        all.push({
            what: `The firewall: ${now.firewall.error}`,
            meaning: "Bans are not carried out by the kernel; they are still refused at the doors.",
        });
    for (const source of now.sources)
        if (source.trouble !== "")
            all.push({ what: `Log ${source.name}: ${source.trouble}`, meaning: "It is tried again; until then nothing of it is seen." });
    for (const list of now.lists)
        if (list.state === "suspended")
            all.push({
                what: `Block list ${list.name} is suspended: ${list.why}`,
                meaning: "It is not asked, and weighs nothing, until it passes its test again.",
            });
    return [...all, ...doorsInTrouble(now)];
}

function Firewall({ now }: { now: Scene }) {
    if (now.firewall === null) return <>off, or only watching</>;
    return (
        <>
            {count(now.firewall.in_force)} of {count(now.firewall.wanted)} bans in force, {many(now.firewall.dropped_packets, "packet")}{" "}
            dropped
        </>
    );
}

function behind(now: Scene): number {
    return now.sources.reduce((sum, source) => sum + source.bytes_behind, 0);
}

function Facts({ now }: { now: Scene }) {
    return (
        <dl class="facts">
            <dt>Firewall</dt>
            <dd>
                <Firewall now={now} />
            </dd>
            <dt>Journal</dt>
            <dd>
                {now.journal.state === "" ? "none" : `${now.journal.state}, ${bytes(now.journal.bytes)}`}, checkpoint{" "}
                <When time={now.journal.checkpoint} />
            </dd>
            <dt>Logs</dt>
            <dd>
                {now.sources.length === 0 ? "none followed" : `${many(now.sources.length, "log")} followed, ${bytes(behind(now))} behind`}
            </dd>
            <dt>Block lists</dt>
            <dd>{now.lists.length === 0 ? "none" : now.lists.map((list) => `${list.name} ${list.state}`).join(", ")}</dd>
            <dt>Memory</dt>
            <dd>
                {bytes(now.memory.bytes)}: {count(now.memory.addresses)} addresses, {count(now.memory.accounts)} accounts
            </dd>
            <dt>Version</dt>
            <dd>
                {now.version}, runs for {span(secondsBetween(now.started, now.time))}
            </dd>
        </dl>
    );
}

export function Health({ now }: { now: Scene }) {
    const troubles = troublesOf(now);
    return (
        <Card
            title="Tidegate itself"
            aside={
                troubles.length === 0 ? <Chip tone="good">all is well</Chip> : <Chip tone="bad">{many(troubles.length, "trouble")}</Chip>
            }
        >
            {troubles.map((trouble) => (
                <div key={trouble.what} class="complaint">
                    <p>
                        <strong>
                            <Said text={trouble.what} />
                        </strong>
                    </p>
                    <p>{trouble.meaning}</p>
                </div>
            ))}
            <Facts now={now} />
        </Card>
    );
}
