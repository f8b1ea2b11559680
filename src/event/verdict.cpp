#include "event/verdict.h"

#include <algorithm>
#include <cstdlib>

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
    std::ranges::stable_sort(items_.begin(), items_.begin() + size_, std::ranges::greater{},
                             [](const Evidence& e) { return std::abs(e.weight.in_hundredths()); });
}

bool operator==(const EvidenceList& a, const EvidenceList& b) {
    return std::ranges::equal(a.items(), b.items());
}

} // namespace tidegate
