#include "event/verdict.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace tidegate {

void EvidenceList::add(EvidenceKind kind, Decibans weight, float count, float of) {
    const Evidence piece{kind, weight, count, of};
    if (size_ < items_.size()) {
        items_[size_++] = piece;
        return;
    }
    auto lightest = std::ranges::min_element(
        items_, {}, [](const Evidence& e) { return std::abs(e.weight.in_hundredths()); });
    if (std::abs(lightest->weight.in_hundredths()) < std::abs(weight.in_hundredths())) *lightest = piece;
}

void EvidenceList::sort() {
    // By insertion: eight pieces at most, and the library's stable sort allocates.
    const auto weight = [](const Evidence& e) { return std::abs(e.weight.in_hundredths()); };
    for (std::size_t i = 1; i < size_; ++i)
        for (std::size_t j = i; j > 0 && weight(items_[j - 1]) < weight(items_[j]); --j)
            std::swap(items_[j - 1], items_[j]);
}

bool operator==(const EvidenceList& a, const EvidenceList& b) {
    return std::ranges::equal(a.items(), b.items());
}

}  // namespace tidegate
