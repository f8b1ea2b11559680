# The files of web/dist become part of the program: one source that embeds them, made anew when one of them changes.
# What is there for people alone (licences, digests of the sources) is left out.
set(dist ${PROJECT_SOURCE_DIR}/web/dist)
file(GLOB_RECURSE assets CONFIGURE_DEPENDS RELATIVE ${dist} ${dist}/*)
list(FILTER assets EXCLUDE REGEX "(^|/)sources\\.sha256$")
list(SORT assets)
set(BYTES)
set(ROWS)
set(files)
set(number 0)
foreach(asset ${assets})
  # The digest makes it another source: compiler caches do not look into what is embedded.
  file(SHA256 ${dist}/${asset} digest)
  string(APPEND BYTES "// ${digest}\nconstexpr unsigned char bytes_${number}[] = {\n#embed \"${dist}/${asset}\" if_empty(0)\n};\n")
  string(APPEND ROWS "    {\"/${asset}\", text_of(bytes_${number})},\n")
  list(APPEND files ${dist}/${asset})
  math(EXPR number "${number} + 1")
endforeach()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
set(source ${CMAKE_CURRENT_BINARY_DIR}/shipped_assets.cpp)
file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
[=[#include <array>

#include "console/assets.h"

namespace tidegate::console {
namespace {

#pragma clang diagnostic ignored "-Wc23-extensions"
@BYTES@
template <std::size_t size>
[[maybe_unused]] std::string_view text_of(const unsigned char (&bytes)[size]) {
    return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const Asset> shipped_assets() {
    static const std::array<Asset, @number@> all{{
@ROWS@    }};
    return all;
}

}  // namespace tidegate::console
]=])
target_sources(tidegate_console PRIVATE ${source})
