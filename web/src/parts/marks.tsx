// Small drawings in lines of text. Each has its words beside it, and is no news to a screen reader.

/** What is, on top of what was to be expected, give or take two spreads. */
export function BandMark({ observed, expected, spread }: { observed: number; expected: number; spread: number }) {
    const low = Math.max(expected - 2 * spread, 0);
    const high = expected + 2 * spread;
    const most = Math.max(observed, high, 1) * 1.08;
    const x = (value: number) => (100 * value) / most;
    return (
        <svg class="band-mark" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="ground" x="0" y="4" width="100" height="2" />
            <rect class="normal" x={x(low)} y="2" width={Math.max(x(high) - x(low), 1)} height="6" />
            <rect
                class={observed > high ? "mark above" : observed < low ? "mark below" : "mark"}
                x={Math.min(x(observed), 98)}
                y="0"
                width="2"
                height="10"
            />
        </svg>
    );
}

/** A share of 0 to 1. */
export function ShareBar({ share, tone = "plain" }: { share: number; tone?: string }) {
    return (
        <svg class={`share-bar ${tone}`} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="ground" x="0" y="0" width="100" height="8" />
            <rect class="fill" x="0" y="0" width={100 * Math.min(Math.max(share, 0), 1)} height="8" />
        </svg>
    );
}

/** A weight that speaks for a customer (left) or an attacker (right). */
export function WeightBar({ weight, most }: { weight: number; most: number }) {
    const width = (50 * Math.min(Math.abs(weight), most)) / Math.max(most, 1);
    return (
        <svg class="weight-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="ground" x="0" y="0" width="100" height="8" />
            <rect class={weight > 0 ? "against" : "for"} x={weight > 0 ? 50 : 50 - width} y="0" width={width} height="8" />
            <rect class="middle" x="49.7" y="0" width="0.6" height="8" />
        </svg>
    );
}

/** A share with what it may be at least and at most. */
export function RangeBar({ low, middle, high }: { low: number; middle: number; high: number }) {
    return (
        <svg class="range-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
            <rect class="ground" x="0" y="3" width="100" height="2" />
            <rect class="range" x={100 * low} y="1" width={Math.max(100 * (high - low), 0.8)} height="6" />
            <rect class="middle" x={Math.min(100 * middle, 99)} y="0" width="1" height="8" />
        </svg>
    );
}
