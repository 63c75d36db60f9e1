Feature: The CRM beside the inbox
  What happens in the inbox reaches the shop's own CRM, each thing once, also after the CRM was away.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Rule: Each new message becomes one lead

    Scenario: The CRM makes a lead of each new message exactly once
      Given the CRM runs twice, side by side
      And Ana wrote to the Page "Casa Verde" "Oi"
      When Ana writes to the Page "Casa Verde" "Tem bolo?"
      Then the CRM has one lead each for "Oi" and "Tem bolo?"

    Scenario: The CRM was down and misses nothing
      Given the CRM was told of "Oi" by Ana
      And the CRM is down
      And Ana wrote to the Page "Casa Verde" "Tem bolo?"
      When the CRM is back
      Then the CRM has one lead each for "Oi" and "Tem bolo?"

    Scenario: The CRM dies before it has said that it is done
      Given the CRM is told of "Oi" by Ana and dies over it
      When the CRM is back
      Then the CRM has one lead for "Oi"

  Rule: What fails is tried again, and at last set aside

    Scenario: A handler that fails is tried again
      Given the CRM runs
      And the CRM will fail twice
      When Ana writes to the Page "Casa Verde" "Oi"
      Then the CRM has one lead for "Oi"
      And nothing is set aside

    Scenario: A message that the CRM can make nothing of
      Given the CRM runs
      And the CRM can make nothing of "???"
      And Ana wrote to the Page "Casa Verde" "???"
      When Ana writes to the Page "Casa Verde" "Oi"
      Then the CRM has one lead for "Oi"
      And "???" is set aside

    Scenario: What was set aside is done once the CRM is mended
      Given the CRM runs
      And the CRM can make nothing of "???"
      And Ana wrote to the Page "Casa Verde" "???"
      And "???" was set aside
      When the CRM is mended and asks for what was set aside
      Then the CRM has one lead for "???"
      And nothing is set aside
