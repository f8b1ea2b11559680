// Who has a place at the edge, by class.

import type { Edge } from "../../api/types";
import { ShareBar } from "../../parts/marks";
import { Card } from "../../parts/words";
import { count, percent } from "../../text/numbers";

const classes: readonly [string, string][] = [
    ["familiar", "familiar"],
    ["known_sender", "known sender"],
    ["fresh", "fresh"],
    ["doubtful", "doubtful"],
    ["listed", "listed"],
];

const outcomes: readonly [string, string][] = [
    ["admitted", "let in"],
    ["failed", "a server said no"],
    ["stopped", "stopped before any server was asked"],
    ["remembered", "wrong as before, answered from memory"],
    ["shed", "no server had room in time"],
    ["unavailable", "no server, or it could not say"],
    ["turned_away", "connections turned away at once"],
];

export function Admission({ edge }: { edge: Edge | null }) {
    if (edge === null)
        return (
            <Card title="Admission at the edge">
                <p class="quiet">There is no edge: log-ins are judged at the doors.</p>
            </Card>
        );
    const now = edge.sessions["now"] ?? 0;
    const most = edge.sessions["most"] ?? 0;
    return (
        <Card title="Admission at the edge" aside={`${count(now)}${most > 0 ? ` of ${count(most)}` : ""} sessions`}>
            <p>
                Pressure {percent(edge.pressure)}{" "}
                <ShareBar share={edge.pressure} tone={edge.pressure > 0.8 ? "bad" : edge.pressure > 0.5 ? "warn" : "stopped"} />
            </p>
            <dl class="bars">
                {classes.map(([name, words]) => (
                    <div key={name}>
                        <dt>{words}</dt>
                        <dd class="n">{count(edge.sessions[name])}</dd>
                        <dd class="bar">
                            <ShareBar share={now === 0 ? 0 : (edge.sessions[name] ?? 0) / now} />
                        </dd>
                    </div>
                ))}
            </dl>
            <h3>Since the start</h3>
            <dl class="pairs">
                {outcomes.map(([name, words]) => (
                    <div key={name}>
                        <dt>{words}</dt>
                        <dd class="n">{count(edge.counts[name])}</dd>
                    </div>
                ))}
            </dl>
        </Card>
    );
}
