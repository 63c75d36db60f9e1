Feature: What happens is seen at once
  Whoever has the inbox open sees every change by itself, and misses nothing while away.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: A message appears by itself
    Given Bia has the inbox open
    When Ana writes to the Page "Casa Verde" "Oi! Ainda abertos?"
    Then "Oi! Ainda abertos?" from Ana appears on Bia's screen
    And the conversation with Ana is shown as unread there

  Scenario: A colleague's answer appears
    Given Ana wrote to the Page "Casa Verde" "Oi!"
    And Bia's colleague has the inbox open
    When Bia answers Ana "Oi, Ana! Tudo bem?"
    Then "Oi, Ana! Tudo bem?" appears on the colleague's screen as sent

  Scenario: What one has read is read for all
    Given Ana wrote to the Page "Casa Verde" "Oi!"
    And Bia's colleague has the inbox open
    When Bia marks the conversation with Ana as read
    Then the conversation with Ana is shown as read on the colleague's screen

  Scenario: Nothing is missed while the laptop sleeps
    Given Bia has the inbox open
    And Bia's laptop fell asleep
    And Ana wrote to the Page "Casa Verde" "Um"
    And Ana wrote to the Page "Casa Verde" "Dois"
    When Bia's laptop wakes up
    Then "Um" and "Dois" appear on Bia's screen, in that order and once

  Scenario: Another shop sees nothing of it
    Given Otto of another shop has the inbox open
    When Ana writes to the Page "Casa Verde" "Só para a Casa Verde"
    Then Bia sees "Só para a Casa Verde" from Ana
    And nothing appears on Otto's screen
