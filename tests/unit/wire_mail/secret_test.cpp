#include "wire/mail/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/mail/sasl.h"

#if __has_feature(address_sanitizer)
#include <sanitizer/allocator_interface.h>
#endif

namespace tidegate::wire {
namespace {

using namespace std::string_view_literals;

// ---- what is freed is looked at

constexpr std::string_view password = "tanstaaf-tanstaaf-0";

#if __has_feature(address_sanitizer)
constexpr std::string_view password_base64 =
    "dGFuc3RhYWYtdGFuc3RhYWYtM";  // the digits that its bytes alone decide

std::atomic<bool> watched = false;
std::atomic<int> found = 0;

void look_at_freed(const volatile void* memory) {
    if (!watched || memory == nullptr) return;
    const char* begin = static_cast<const char*>(const_cast<const void*>(memory));
    const std::string_view bytes(begin, __sanitizer_get_allocated_size(begin));
    for (const auto secret : {password.substr(0, 12), password_base64.substr(0, 12)}) {
        if (std::ranges::search(bytes, secret).begin() != bytes.end()) ++found;
    }
}

/// How often a password was in memory that was freed meanwhile.
int left_by(const std::function<void()>& act) {
    [[maybe_unused]] static const int installed =
        __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t) {}, look_at_freed);
    found = 0;
    watched = true;
    act();
    watched = false;
    return found;
}

TEST(SecretMemory, TheWatchSees) {
    EXPECT_GT(left_by([] { EXPECT_FALSE(std::string(password).empty()); }), 0);
    EXPECT_GT(left_by([] { EXPECT_FALSE(std::string(password_base64).empty()); }), 0);
}

TEST(SecretMemory, DestroyedAssignedOutgrownMoved) {
    EXPECT_EQ(left_by([] { const Secret secret(password); }), 0);
    EXPECT_EQ(left_by([] {
                  Secret secret(password), other("another");
                  secret = std::move(other);
                  other = Secret(password);
                  Secret third(std::move(other));
                  third.wipe();
              }),
              0);
    EXPECT_EQ(left_by([] {
                  Secret secret;
                  for (int i = 0; i < 200; ++i) secret.append(password);
              }),
              0);
    EXPECT_EQ(left_by([] {
                  Secret secret(password);
                  secret.append(" and more");
                  secret.drop_front(password.size());
                  if (secret.view() != " and more") ++found;
                  const std::string_view all(secret.view().data(), password.size() + 9);
                  if (all.contains(password.substr(9))) ++found;
              }),
              0);
    EXPECT_EQ(left_by([] {
                  std::string text(password);
                  wipe(text);
              }),
              0);
}

// "AHRpbQ" is NUL tim; three bytes more make the digits of the password stand as they do alone.
constexpr std::string_view plain_message = "AHRpbQB0YW5zdGFhZi10YW5zdGFhZi0w";

TEST(SecretMemory, Sasl) {
    EXPECT_EQ(left_by([] {
                  Login login;
                  if (!read_first_response("PLAIN", plain_message, login)) ++found;
                  if (login.password.view() != password) ++found;
                  const Secret response = plain_response(login);
                  if (response.view() != plain_message) ++found;
                  Login later(std::move(login));
                  login = std::move(later);
              }),
              0);
    EXPECT_EQ(left_by([] {
                  Login login;
                  if (!read_login_password("dGFuc3RhYWYtdGFuc3RhYWYtMA==", login)) ++found;
                  if (!read_login_password("dGFuc3RhYWYtdGFuc3RhYWYtMA==", login)) ++found;
              }),
              0);
}

TEST(SecretMemory, WhatIsRefusedHalfWay) {
    EXPECT_EQ(left_by([] {
                  Login login;
                  // Bits that belong to no byte; no digit; no account.
                  if (read_login_password("dGFuc3RhYWYtdGFuc3RhYWYtMB==", login)) ++found;
                  if (read_login_password("dGFuc3RhYWYtdGFuc3RhYWYtMA*=", login)) ++found;
                  if (read_first_response("PLAIN", "AAB0YW5zdGFhZi10YW5zdGFhZi0w", login)) ++found;
                  if (read_first_response("PLAIN", "dGFuc3RhYWYtdGFuc3RhYWYtMA==", login)) ++found;
                  if (!account_of_response("CRAM-MD5", "dGFuc3RhYWYtdGFuc3RhYWYtMA==").empty()) ++found;
              }),
              0);
}
#endif

// ---- what it holds

TEST(Secret, LosesItsFront) {
    for (std::size_t bytes = 0; bytes <= 6; ++bytes) {
        Secret secret("abcdef");
        secret.drop_front(bytes);
        EXPECT_EQ(secret.view(), std::string_view("abcdef").substr(bytes));
        secret.append("g");
        EXPECT_EQ(secret.view(), std::string("abcdefg").substr(bytes));
    }
}

TEST(Secret, HoldsWhatWasAppended) {
    Secret secret;
    EXPECT_TRUE(secret.empty());
    std::string all;
    for (int i = 0; i < 300; ++i) {
        const std::string piece(static_cast<std::size_t>(i % 7), static_cast<char>(i));
        secret.append(piece);
        all += piece;
    }
    EXPECT_EQ(secret.view(), all);
    secret.wipe();
    EXPECT_TRUE(secret.empty());
    secret.append("\0x"sv);
    EXPECT_EQ(secret.view(), "\0x"sv);
}

TEST(Secret, MovesItsMemory) {
    std::vector<Secret> secrets(2);
    secrets[0].append("short");
    const void* memory = secrets[0].view().data();
    secrets[1] = std::move(secrets[0]);
    EXPECT_EQ(secrets[1].view(), "short");
    EXPECT_EQ(secrets[1].view().data(), memory) << "a copy would stay behind";
    EXPECT_TRUE(secrets[0].empty());
    secrets.emplace_back(std::move(secrets[1]));
    EXPECT_EQ(secrets[2].view().data(), memory);
    EXPECT_TRUE(secrets[1].empty());
    auto& self = secrets[2];
    secrets[2] = std::move(self);
    EXPECT_EQ(secrets[2].view(), "short");
}

TEST(Secret, MovesNothingWithinWhatIsReserved) {
    Secret secret;
    secret.reserve(10'000);
    secret.append("x");
    const void* memory = secret.view().data();
    for (int i = 0; i < 9'999; ++i) secret.append("y");
    EXPECT_EQ(secret.view().data(), memory);
    secret.reserve(5);
    EXPECT_EQ(secret.view().data(), memory);
    EXPECT_EQ(secret.view().size(), 10'000U);
}

TEST(Secret, WipedMemoryIsZero) {
    Secret secret(password);
    const char* memory = secret.view().data();
    secret.wipe();
    EXPECT_TRUE(std::all_of(memory, memory + password.size(), [](char c) { return c == '\0'; }));
    std::string text(password);
    text.resize(3);
    memory = text.data();
    wipe(text);
    EXPECT_TRUE(text.empty());
    EXPECT_TRUE(std::all_of(memory, memory + password.size(), [](char c) { return c == '\0'; }))
        << "what a text was before it became shorter";
}

}  // namespace
}  // namespace tidegate::wire
