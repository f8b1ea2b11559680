// A verdict with its evidence, added up.

import type { Judged } from "../api/types";
import { evidenceWords, measureTone, measureWords } from "../text/evidence";
import { decibans } from "../text/numbers";
import { WeightBar } from "./marks";
import { Scroll } from "./scroll";
import { Chip, Said } from "./words";

export function verdictInWords(judged: Judged): string {
    const verb = measureWords(judged.measure);
    return `The sum is ${decibans(judged.sum)} decibans, held against ${decibans(judged.threshold)}: ${verb}.`;
}

export function Evidence({ judged, caption }: { judged: Judged; caption: string }) {
    const most = Math.max(10, ...judged.evidence.map((piece) => Math.abs(piece.weight)));
    return (
        <div class="verdict">
            <p>
                <Chip tone={measureTone(judged.measure)}>{measureWords(judged.measure)}</Chip> {verdictInWords(judged)}
            </p>
            <Scroll label={caption}>
                <table class="evidence">
                    <caption class="heard">{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="n">
                                Decibans
                            </th>
                            <th scope="col" class="lesser">
                                <span aria-hidden="true">customer ← → attacker</span>
                                <span class="heard">drawn</span>
                            </th>
                            <th scope="col">Evidence</th>
                        </tr>
                    </thead>
                    <tbody>
                        {judged.evidence.map((piece) => (
                            <tr key={piece.kind}>
                                <td class="n">{decibans(piece.weight)}</td>
                                <td class="bar lesser">
                                    <WeightBar weight={piece.weight} most={most} />
                                </td>
                                <td>
                                    {evidenceWords(piece.kind)}
                                    {piece.detail === undefined ||
                                    piece.detail === "" ||
                                    piece.detail === evidenceWords(piece.kind) ? null : (
                                        <span class="quiet">
                                            : <Said text={piece.detail} />
                                        </span>
                                    )}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                    <tfoot>
                        <tr>
                            <td class="n">{decibans(judged.sum)}</td>
                            <td class="lesser" />
                            <td>sum, held against {decibans(judged.threshold)}</td>
                        </tr>
                    </tfoot>
                </table>
            </Scroll>
        </div>
    );
}
