#include "wire/mail/sasl_opening.h"

#include <algorithm>
#include <utility>

#include "wire/mail/sasl.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view username_question = "VXNlcm5hbWU6";  // "Username:", as everybody asks
constexpr std::string_view password_question = "UGFzc3dvcmQ6";  // "Password:"

}  // namespace

std::string offered_mechanisms(const FrontOffer& offer, bool may_send_secrets) {
    std::string out;
    for (const std::string& mechanism : offer.mechanisms) {
        if (sends_secret(mechanism) && !may_send_secrets) continue;
        if (!out.empty()) out += ' ';
        out += mechanism;
    }
    return out;
}

std::optional<Denial> refusal(const FrontOffer& offer, std::string_view mechanism, bool may_send_secrets) {
    if (std::ranges::find(offer.mechanisms, mechanism) == offer.mechanisms.end()) return Denial::unsupported;
    if (sends_secret(mechanism) && !may_send_secrets) return Denial::insecure;
    return std::nullopt;
}

SaslOpening::Step SaslOpening::begin(std::string mechanism, std::optional<std::string_view> initial) {
    login_ = {};
    mechanism_ = std::move(mechanism);
    const SaslStart start = sasl_start(mechanism_);
    if (initial) {
        question_ = start == SaslStart::login ? username_question : std::string_view{};
        return answer(*initial);
    }
    if (start == SaslStart::login) return ask(username_question);
    if (start == SaslStart::client) return ask({});
    login_.mechanism = mechanism_;
    return Step::ready;
}

SaslOpening::Step SaslOpening::answer(std::string_view base64) {
    if (question_ == password_question)
        return read_login_password(base64, login_) ? ready() : Step::malformed;
    if (!read_first_response(mechanism_, base64, login_)) return Step::malformed;
    if (question_ == username_question) return ask(password_question);
    return ready();
}

SaslOpening::Step SaslOpening::take(std::string account, std::string_view password) {
    login_ = {};
    if (!can_be_account(account) || !can_be_password(password)) return Step::malformed;
    login_.mechanism = "PLAIN";
    login_.account = std::move(account);
    login_.password.append(password);
    return ready();
}

SaslOpening::Step SaslOpening::ask(std::string_view question) {
    question_ = question;
    return Step::ask;
}

SaslOpening::Step SaslOpening::ready() const {
    const bool fits = login_.account.size() <= most_bytes_ && login_.acts_for.size() <= most_bytes_ &&
                      login_.password.view().size() <= most_bytes_;
    return fits ? Step::ready : Step::malformed;
}

}  // namespace tidegate::wire
