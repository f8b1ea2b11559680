# cmake --install: the program, its manual page and what the page refers to, and what systemd needs to run it.
include(GNUInstallDirs)
install(TARGETS tidegate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB drills CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/share/drills/*.toml)
install(FILES ${drills} DESTINATION ${CMAKE_INSTALL_DATADIR}/tidegate/drills)
install(FILES ${PROJECT_SOURCE_DIR}/docs/man/tidegate.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/docs/formats.md
              ${PROJECT_SOURCE_DIR}/docs/judge.md ${PROJECT_SOURCE_DIR}/docs/report.md
              ${PROJECT_SOURCE_DIR}/docs/drills.md ${PROJECT_SOURCE_DIR}/docs/drill-figures.md
              ${PROJECT_SOURCE_DIR}/docs/configuration.md ${PROJECT_SOURCE_DIR}/docs/doors.md
              ${PROJECT_SOURCE_DIR}/docs/following.md ${PROJECT_SOURCE_DIR}/docs/control.md
              ${PROJECT_SOURCE_DIR}/docs/log.md ${PROJECT_SOURCE_DIR}/docs/alerts.md ${PROJECT_SOURCE_DIR}/docs/lists.md
              ${PROJECT_SOURCE_DIR}/docs/weekly-report.md ${PROJECT_SOURCE_DIR}/docs/queues.md
              ${PROJECT_SOURCE_DIR}/docs/firewall.md
              ${PROJECT_SOURCE_DIR}/docs/setup.md ${PROJECT_SOURCE_DIR}/docs/console.md
              ${PROJECT_SOURCE_DIR}/docs/api-openapi.yaml
              ${PROJECT_SOURCE_DIR}/docs/openapi.yaml ${PROJECT_SOURCE_DIR}/docs/control-openapi.yaml
              ${PROJECT_SOURCE_DIR}/docs/journal.md ${PROJECT_SOURCE_DIR}/docs/install.md
              ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Where systemd looks, for /usr as for /usr/local.
set(systemd ${PROJECT_SOURCE_DIR}/packaging/systemd)
configure_file(${systemd}/tidegate.service.in ${PROJECT_BINARY_DIR}/tidegate.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tidegate.service ${systemd}/tidegate.socket DESTINATION lib/systemd/system)
install(FILES ${systemd}/tidegate.sysusers DESTINATION lib/sysusers.d RENAME tidegate.conf)
install(FILES ${systemd}/tidegate.tmpfiles DESTINATION lib/tmpfiles.d RENAME tidegate.conf)
