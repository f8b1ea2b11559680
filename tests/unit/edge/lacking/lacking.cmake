# tidegate_may_lack_sockets(TARGET): its tests may use no_sockets.h.
function(tidegate_may_lack_sockets target)
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/no_sockets.cpp)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  target_link_options(${target} PRIVATE -Wl,--wrap=socket,--wrap=accept4)
endfunction()
