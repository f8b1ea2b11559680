# In their short form, where scripts/e2e has made the trees; else they are skipped.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
foreach(server postfix nginx exim lists queue alert trixie edge edge_limits edge_trixie edge_differ edge_mx edge_storm drill_live package)
  add_test(NAME e2e/servers_${server}
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/servers_${server}.py $<TARGET_FILE:tidegate>
                   ${PROJECT_SOURCE_DIR}/build/servers)
  set_tests_properties(e2e/servers_${server} PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77 RUN_SERIAL ON
                       ENVIRONMENT SHORT=1)
endforeach()
# A password is known to be wrong when it was so for two minutes.
set_tests_properties(e2e/servers_edge e2e/servers_edge_trixie e2e/servers_edge_differ e2e/servers_edge_storm e2e/servers_drill_live
                     PROPERTIES TIMEOUT 900)
