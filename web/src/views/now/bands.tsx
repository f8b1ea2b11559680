// Each volume of the last minute on top of what is normal at this hour, by service.

import type { Band, Wait } from "../../api/types";
import { BandMark } from "../../parts/marks";
import { Scroll } from "../../parts/scroll";
import { Card, Complaint, Waiting } from "../../parts/words";
import type { Asked } from "../../state/asked";
import { rate } from "../../text/numbers";

export interface BandsAnswer {
    bands: Band[];
    waits: Wait[];
}

const volumes = ["attempts", "failures", "successes", "stopped", "unknown accounts", "new addresses", "connections", "faults"];

/** Even what is expected exactly comes now more and now less: Poisson's spread is added to the error of the expectation. */
function spreadOf(band: Band): number {
    return Math.sqrt(band.standard_error ** 2 + Math.max(band.expected, 1));
}

/** How many spreads it is away. */
export function distance(band: Band): number {
    return (band.observed - band.expected) / spreadOf(band);
}

function Cell({ band }: { band: Band | undefined }) {
    if (band === undefined) return <td class="n quiet">–</td>;
    const away = distance(band);
    const tone = away > 4 ? "above" : away < -4 ? "below" : "";
    return (
        <td class={`band ${tone}`} title={`expected ${rate(band.expected)} ± ${rate(band.standard_error)}`}>
            <b>{rate(band.observed)}</b>
            <span class="quiet"> / {rate(band.expected)}</span>
            <span class="heard">
                {" "}
                expected, give or take {rate(band.standard_error)}
                {tone === "" ? "" : `: far ${tone}`}
            </span>
            <BandMark observed={band.observed} expected={band.expected} spread={spreadOf(band)} />
        </td>
    );
}

function servicesOf(bands: readonly Band[]): string[] {
    const all = [...new Set(bands.map((band) => band.service))];
    return all.sort((a, b) => Number(b === "all") - Number(a === "all"));
}

export function Bands({ asked: { answer, refused, again } }: { asked: Asked<BandsAnswer> }) {
    const shown = volumes.filter((volume) => answer?.bands.some((band) => band.volume === volume));
    return (
        <Card title="The last minute against what is normal" aside="observed / expected" wide>
            <Complaint refused={refused} again={again} />
            {answer === null ? (
                <Waiting what="Asking" />
            ) : answer.bands.length === 0 ? (
                <p class="quiet">Nothing is expected yet: the baseline is still being learned.</p>
            ) : (
                <Scroll label="Volumes by service">
                    <table class="bands">
                        <caption class="heard">Volumes by service in the last minute: observed, then expected</caption>
                        <thead>
                            <tr>
                                <th scope="col">Service</th>
                                {shown.map((volume) => (
                                    <th key={volume} scope="col">
                                        {volume}
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody>
                            {servicesOf(answer.bands).map((service) => (
                                <tr key={service}>
                                    <th scope="row">{service}</th>
                                    {shown.map((volume) => (
                                        <Cell
                                            key={volume}
                                            band={answer.bands.find((band) => band.service === service && band.volume === volume)}
                                        />
                                    ))}
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </Scroll>
            )}
        </Card>
    );
}
