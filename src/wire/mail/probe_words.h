#pragma once
// What the probes of all protocols share; for this folder alone.

#include <string>
#include <string_view>

#include "wire/mail/lines.h"
#include "wire/mail/probe.h"

namespace tidegate::wire {

/// Of one server; more are ignored.
inline constexpr std::size_t most_capabilities = 100;

/// One capability as it stands in the protocol, unless a proxy can't keep it.
void take_capability(OfferWords words, std::string_view capability, ServerOffer& offer);
/// Names with blanks between, unless a proxy can't pass them.
void take_mechanisms(std::string_view list, ServerOffer& offer);

/// The state that all of them have.
class ProbeBase : public Probe {
public:
    explicit ProbeBase(ProbeRules rules) : rules_(std::move(rules)) {}
    [[nodiscard]] bool is_leaving() const override { return leaving_; }
    [[nodiscard]] const ServerOffer& offer() const override { return offer_; }
    [[nodiscard]] std::string_view trouble() const override { return trouble_; }

protected:
    [[nodiscard]] bool needs_tls() const { return rules_.starttls && !secured_; }
    /// Still to be said by the server.
    [[nodiscard]] std::size_t left_bytes() const { return rules_.most_bytes - heard_bytes_; }
    Turn broken(std::string_view what, std::string_view words = {}) {
        constexpr std::size_t most_trouble_bytes = 200;
        trouble_ = what;
        if (!words.empty()) trouble_ += ": " + one_line(words, most_trouble_bytes);
        over_ = true;
        return Turn::broken;
    }
    Turn done() {
        over_ = true;
        return Turn::done;
    }
    /// Bytes behind the word for TLS: whoever sent them is not who will speak TLS (CVE-2011-0411).
    Heard checked(Heard heard, std::size_t bytes) {
        if (heard.turn == Turn::start_tls && heard.used < bytes)
            heard.turn = broken("it said more in the clear before TLS");
        return heard;
    }

    const ProbeRules rules_;
    ServerOffer offer_;
    std::string trouble_;
    std::size_t heard_bytes_ = 0;
    bool secured_ = false, leaving_ = false, over_ = false;
};

}  // namespace tidegate::wire
