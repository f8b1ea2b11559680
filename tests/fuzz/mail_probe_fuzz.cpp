// Any bytes of a server that is being checked: the same in any pieces, only our own words to it, one line of
// trouble, nothing kept beyond the limit; and what it offers, with what another offers, is fit for clients.

#include <vector>

#include "mail_line_talk.h"
#include "wire/mail/probe.h"

namespace tidegate::wire {
namespace {

struct Checked {
    std::string seen;
    ServerOffer offer;
};

class ProbeRun {
public:
    explicit ProbeRun(std::unique_ptr<Probe> probe) : probe_(std::move(probe)) {}

    Checked run(std::string_view bytes, std::size_t piece) {
        while (!bytes.empty() && turn_ == Probe::Turn::more) {
            fly(next_flight(bytes), piece);
            if (turn_ != Probe::Turn::start_tls) continue;
            probe_->secured(out_);
            turn_ = Probe::Turn::more;
        }
        expect_lines(out_);
        expect(out_.size() < 256);
        const bool is_broken = turn_ == Probe::Turn::broken;
        expect(probe_->trouble().empty() != (is_broken && !injected_));
        expect(turn_ != Probe::Turn::done || probe_->is_leaving());
        if (is_broken) return {"broken", {}};
        return {out_ + (turn_ == Probe::Turn::done ? "done" : "more"), probe_->offer()};
    }

private:
    void fly(std::string_view flight, std::size_t piece) {
        while (!flight.empty() && turn_ == Probe::Turn::more) {
            unused_ += flight.substr(0, piece);
            flight.remove_prefix(std::min(piece, flight.size()));
            const auto heard = probe_->hear(unused_, out_);
            expect(heard.used <= unused_.size());
            unused_.erase(0, heard.used);
            turn_ = heard.turn;
            expect(turn_ != Probe::Turn::more || unused_.size() <= most_server_bytes);
        }
        // What came in the clear makes it broken, in one piece or in several.
        if (turn_ != Probe::Turn::start_tls || unused_.size() + flight.size() == 0) return;
        turn_ = Probe::Turn::broken;
        injected_ = probe_->trouble().empty();
    }

    std::unique_ptr<Probe> probe_;
    Probe::Turn turn_ = Probe::Turn::more;
    bool injected_ = false;
    std::string unused_, out_;
};

void expect_fit(const ServerOffer& offer) {
    for (const auto& one : offer.capabilities) expect_lines(one + "\r\n");
    for (const auto& one : offer.mechanisms) expect(!one.empty() && one.size() <= 20);
}

using MakeProbe = std::unique_ptr<Probe> (*)(const ProbeRules&);
constexpr std::array<MakeProbe, 4> makes{make_imap_probe, make_pop3_probe, make_sieve_probe,
                                         make_submission_probe};

ServerOffer check(unsigned choice, std::string_view bytes, std::size_t piece) {
    const ProbeRules rules{.starttls = (choice & 4) != 0, .helo = {}, .most_bytes = most_server_bytes};
    const auto run = [&](std::size_t size) { return ProbeRun(makes[choice & 3](rules)).run(bytes, size); };
    const Checked whole = run(std::max<std::size_t>(bytes.size(), 1)), pieces = run(piece);
    expect(whole.seen == pieces.seen && whole.offer == pieces.offer);
    expect_fit(whole.offer);
    return whole.offer;
}

}  // namespace
}  // namespace tidegate::wire

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace tidegate::wire;
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto cut = std::min(bytes.find('\x01'), bytes.size());
    const std::size_t piece = 1 + data[1] % 32;
    const std::vector<ServerOffer> both{check(data[0], bytes.substr(0, cut), piece),
                                        check(data[0], bytes.substr(std::min(cut + 1, bytes.size())), piece)};
    const auto words = static_cast<OfferWords>(data[0] & 3);
    const ServerOffer common = common_offer(words, both);
    expect_fit(common);
    expect(common.capabilities.size() <= both[0].capabilities.size());
    return 0;
}
