// The drawing that goes with a post-mortem, as the daemon makes it. It comes into the page as an image: nothing in it can run, and
// the page's policy lets images be data.

import { useEffect, useState } from "preact/hooks";
import { address, callText, type Refused, refusedOf } from "../../api/call";
import { Complaint } from "../../parts/words";

export function MortemPlot({ id }: { id: string }) {
    const [svg, setSvg] = useState<string | null>(null);
    const [refused, setRefused] = useState<Refused | null>(null);
    const path = `cases/${encodeURIComponent(id)}/postmortem`;
    useEffect(() => {
        let gone = false;
        callText(path, { form: "plot" }).then(
            (text) => gone || setSvg(text),
            (trouble: unknown) => gone || setRefused(refusedOf(trouble)),
        );
        return () => {
            gone = true;
        };
    }, [path]);
    if (refused?.status === 404) return <p class="quiet">There is no plot yet: the record keeps hours once they are over.</p>;
    if (refused !== null) return <Complaint refused={refused} />;
    if (svg === null) return null;
    return (
        <figure class="mortem-plot">
            <img
                src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`}
                alt="Log-ins and failed ones by the hour; the text has the same figures"
            />
            <figcaption class="hint">
                Log-ins and failed ones by the hour.{" "}
                <a href={address(path, { form: "plot" })} download={`post-mortem-${id}.svg`}>
                    Take it along
                </a>
            </figcaption>
        </figure>
    );
}
