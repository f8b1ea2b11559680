// The kinds of evidence in words (docs/judge.md). A kind of a later version is shown by its name.

const words: Record<string, string> = {
    exception: "an exception by hand",
    familiar_address: "a familiar address",
    familiar_network: "a familiar network",
    familiar_as: "a familiar provider",
    new_place: "a new place for this account",
    never_seen: "no log-in of this account is known",
    unknown_account: "an account that does not exist",
    address_rate: "the address's past",
    network_rate: "the network's past",
    as_rate: "the provider's past",
    client_rate: "the client's past",
    familiar_client: "a familiar client",
    shared_guess: "the same guess on many accounts",
    guesses_here: "many guesses from here",
    many_accounts: "one account after another",
    habit: "the account's habit",
    target: "an account under attack",
    listed: "a block list",
    persistence: "came back like a person",
    password_tag: "the right password's tag",
    sender_past: "the sender's past",
    known_sender: "a known sender",
    unknown_recipients: "mailboxes that do not exist",
    early_talk: "spoke before its turn",
    ehlo_name: "a name no mail server has",
    ehlo_past: "others of that name",
    first_contact: "nothing is known, in a flood",
    came_again: "came again, as mail servers do",
};

export function evidenceWords(kind: string): string {
    return words[kind] ?? kind.replaceAll("_", " ");
}

const measures: Record<string, string> = {
    pass: "let through",
    slow: "answered slowly",
    defer: "asked to come again",
    refuse: "refused",
    silence: "met with silence",
    ban: "kept out by the kernel",
};

export function measureWords(measure: string): string {
    return measures[measure] ?? measure;
}

export function measureTone(measure: string): "good" | "warn" | "bad" {
    if (measure === "pass") return "good";
    return measure === "slow" || measure === "defer" ? "warn" : "bad";
}
