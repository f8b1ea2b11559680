// What the edge has counted since the start: connections, TLS, passwords from memory, mail on port 25.

import { scene } from "../../api/live";
import type { Counts } from "../../api/types";
import { Card } from "../../parts/words";
import { useStore } from "../../state/store";
import { bytes, count } from "../../text/numbers";

type Words = readonly (readonly [string, string])[];

const connections: Words = [
    ["accepted", "connections"],
    ["turned_away", "turned away at once"],
    ["elsewhere", "recipients whose mail is taken elsewhere"],
    ["shed", "no server had room in time"],
    ["unavailable", "no server, or it could not say"],
    ["broken_servers", "servers not reached, not understood, not in time"],
    ["late", "sessions whose time was over"],
    ["refused_header", "balancers that did not say for whom they speak"],
    ["accept_errors", "could not be accepted"],
];

const handshakes: Words = [
    ["under_way", "under way now"],
    ["full", "whole"],
    ["resumed", "resumed"],
    ["left", "the client went before it said anything"],
    ["failed", "failed"],
    ["refused_host", "too many of one address"],
    ["refused_network", "too many of one network"],
    ["refused_all", "too many of all"],
];

const passwords: Words = [
    ["kept", "wrong ones remembered now"],
    ["answered", "answered from memory"],
    ["asked_again", "asked again, since it was time"],
    ["said", "said by a server"],
    ["crowded_out", "no place was left for"],
    ["forgotten", "forgotten"],
];

const mail: Words = [
    ["questions", "questions about who brings it"],
    ["deferred", "asked to come again"],
    ["refused", "refused as certain"],
    ["would_stop", "would be stopped, in watch mode"],
    ["taken", "mails that servers took"],
    ["turned_down", "that servers refused"],
    ["addresses", "addresses remembered now"],
    ["networks", "networks remembered now"],
];

function Pairs({ title, words, counts }: { title: string; words: Words; counts: Counts }) {
    return (
        <div>
            <h3>{title}</h3>
            <dl class="pairs one">
                {words
                    .filter(([name]) => counts[name] !== undefined)
                    .map(([name, text]) => (
                        <div key={name}>
                            <dt>{text}</dt>
                            <dd class="n">{count(counts[name])}</dd>
                        </div>
                    ))}
            </dl>
        </div>
    );
}

export function EdgeCounts() {
    const edge = useStore(scene)?.edge ?? null;
    if (edge === null) return null;
    return (
        <Card title="The edge" aside={`since the start; what it remembers of mail takes ${bytes(edge.mail["bytes"] ?? 0)}`}>
            <div class="versus">
                <Pairs title="Connections" words={connections} counts={edge.counts} />
                <Pairs title="TLS" words={handshakes} counts={edge.handshakes} />
                <Pairs title="Passwords" words={passwords} counts={edge.wrong_passwords} />
                <Pairs title="Mail on port 25" words={mail} counts={edge.mail} />
            </div>
        </Card>
    );
}
