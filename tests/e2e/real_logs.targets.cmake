find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME e2e/real_logs
         COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/real_logs_test.py $<TARGET_FILE:tidegate>
                 ${PROJECT_SOURCE_DIR}/tests/data/logs)
set_tests_properties(e2e/real_logs PROPERTIES LABELS e2e TIMEOUT 300)
