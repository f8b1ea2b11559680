// What goes on: one screen that says whether to go back to bed.

import { scene } from "../api/live";
import type { Scene } from "../api/types";
import { Waiting } from "../parts/words";
import { useAsked } from "../state/asked";
import { useStore } from "../state/store";
import { count, percent, rate } from "../text/numbers";
import { Admission } from "./now/admission";
import { ToBeTaken } from "./now/alerts";
import { Bands, type BandsAnswer } from "./now/bands";
import { Curve } from "./now/curve";
import { ByEvidence } from "./now/evidence";
import { Health } from "./now/health";
import { OpenIncident } from "./now/open_incident";
import { QueuesNow } from "./now/queues";
import { LatestRefusals } from "./now/refusals";
import { ServersNow } from "./now/servers";
import { ToldNow } from "./now/told";
import { Waits } from "./now/waits";
import { WorkNow } from "./now/work";

function Figures({ now }: { now: Scene }) {
    const { minute } = now;
    const all = minute.successes + minute.failures + minute.stopped;
    const acting = now.mode === "act";
    return (
        <ul class="figures" aria-label="The last minute">
            <li>
                <b>{count(all)}</b>
                <span>attempts in the last minute</span>
            </li>
            <li>
                <b>{count(minute.successes)}</b>
                <span>log-ins</span>
            </li>
            <li>
                <b>{count(minute.failures)}</b>
                <span>wrong passwords that reached the database</span>
            </li>
            <li>
                <b>{count(acting ? minute.stopped : minute.would_stop)}</b>
                <span>
                    {acting
                        ? `stopped: ${percent(all === 0 ? 0 : minute.stopped / all)} of all`
                        : `would be stopped, ${count(minute.would_stop_successes)} with the right password`}
                </span>
            </li>
            <li>
                <b>{rate(now.lag_us / 1000)} ms</b>
                <span>lag of the slowest thread</span>
            </li>
        </ul>
    );
}

export function NowView() {
    const now = useStore(scene);
    const bands = useAsked<BandsAnswer>("bands", {}, 5_000);
    if (now === null) return <Waiting what="Waiting for the first figures" />;
    return (
        <>
            <OpenIncident heads={now.incidents} />
            <ToBeTaken />
            <QueuesNow />
            <WorkNow />
            <Figures now={now} />
            <div class="grid">
                <Curve now={now} />
                <Bands asked={bands} />
                <div class="stack">
                    <ByEvidence now={now} />
                    <ServersNow servers={now.servers} />
                    <Health now={now} />
                </div>
                <div class="stack">
                    <Admission edge={now.edge} />
                    <Waits answer={bands.answer} />
                    <ToldNow />
                </div>
                <LatestRefusals refused={now.refused} />
            </div>
        </>
    );
}
