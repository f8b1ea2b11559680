// Who makes the noise: a treemap of autonomous systems and their networks, and the same as a table.

import type { AutonomousSystem, Network, Networks } from "../api/types";
import { ShareBar } from "../parts/marks";
import { type Column, Table } from "../parts/table";
import { type Group, Treemap } from "../parts/treemap";
import { Card, Complaint, Said, Waiting, When, Who } from "../parts/words";
import { useAsked } from "../state/asked";
import { go } from "../state/route";
import { count, many, percent } from "../text/numbers";

function systemName(as: number, name: string): string {
    if (as === 0) return "provider not known";
    return name === "" ? `AS${as}` : `AS${as} ${name}`;
}

export function groupsOf(networks: readonly Network[]): Group[] {
    const groups = new Map<
        number,
        { name: string; value: number; stopped: number; leaves: { name: string; value: number; stopped: number }[] }
    >();
    for (const one of networks) {
        const group = groups.get(one.as) ?? { name: systemName(one.as, one.as_name), value: 0, stopped: 0, leaves: [] };
        group.value += one.attempts;
        group.stopped += one.stopped;
        group.leaves.push({ name: one.network, value: one.attempts, stopped: one.stopped });
        groups.set(one.as, group);
    }
    return [...groups.values()];
}

function Stopped({ stopped, attempts }: { stopped: number; attempts: number }) {
    const share = attempts === 0 ? 0 : stopped / attempts;
    return (
        <>
            {percent(share)} <ShareBar share={share} tone="stopped" />
        </>
    );
}

const networkColumns: readonly Column<Network>[] = [
    { name: "Network", cell: (one) => <Who text={one.network} />, by: (one) => one.network },
    { name: "Provider", cell: (one) => <Said text={systemName(one.as, one.as_name)} />, by: (one) => one.as, lesser: true },
    { name: "Attempts", cell: (one) => count(one.attempts), by: (one) => one.attempts, number: true },
    {
        name: "Stopped",
        cell: (one) => <Stopped {...one} />,
        by: (one) => (one.attempts === 0 ? 0 : one.stopped / one.attempts),
        number: true,
    },
    { name: "Last seen", cell: (one) => <When time={one.last_seen} />, by: (one) => one.last_seen ?? "", lesser: true },
];

const systemColumns: readonly Column<AutonomousSystem>[] = [
    {
        name: "Provider",
        cell: (one) =>
            one.as === 0 ? (
                "not known"
            ) : (
                <>
                    <Who text={`AS${one.as}`} /> <Said text={one.as_name} />
                </>
            ),
        by: (one) => one.as,
    },
    { name: "Networks", cell: (one) => count(one.networks), by: (one) => one.networks, number: true },
    { name: "Attempts", cell: (one) => count(one.attempts), by: (one) => one.attempts, number: true },
    {
        name: "Stopped",
        cell: (one) => <Stopped {...one} />,
        by: (one) => (one.attempts === 0 ? 0 : one.stopped / one.attempts),
        number: true,
    },
];

const quiet = "Nothing fails or is stopped at the moment.";
const tones = ["under 40 % stopped", "40 % and more", "70 % and more", "90 % and more", "99 % and more"];

function Tiles({ answer, onPick }: { answer: Networks; onPick: (network: string) => void }) {
    const all = answer.networks.reduce((sum, one) => sum + one.attempts, 0);
    return (
        <Card
            title="By attempts"
            aside={
                <>
                    of the last ten to twenty minutes, as of <When time={answer.time} />
                </>
            }
            wide
        >
            <p>
                {count(all)} attempts that failed or were stopped, from {many(answer.networks.length, "network")} of{" "}
                {many(answer.systems.length, "provider")}.
            </p>
            <ul class="legend" aria-hidden="true">
                {tones.map((words, tone) => (
                    <li key={words}>
                        <i class={`key treemap-${tone}`} />
                        {words}
                    </li>
                ))}
            </ul>
            <Treemap
                groups={groupsOf(answer.networks)}
                label={`Treemap of ${many(answer.networks.length, "attacking network")}; the table below has the same figures`}
                onPick={onPick}
            />
        </Card>
    );
}

export function NetworksView() {
    const { answer, refused, again } = useAsked<Networks>("networks", {}, 10_000);

    if (answer === null) return refused === null ? <Waiting what="Asking" /> : <Complaint refused={refused} again={again} />;
    return (
        <>
            <Complaint refused={refused} again={again} />
            {answer.networks.length === 0 ? null : <Tiles answer={answer} onPick={(network) => go("search", network)} />}
            <Card title="Networks" wide>
                <Table
                    caption="Attacking networks"
                    rows={answer.networks}
                    columns={networkColumns}
                    first={25}
                    keyOf={(one) => one.network}
                    empty={quiet}
                />
            </Card>
            <Card title="Providers" wide>
                <Table caption="Attacking providers" rows={answer.systems} columns={systemColumns} keyOf={(one) => one.as} empty={quiet} />
            </Card>
        </>
    );
}
