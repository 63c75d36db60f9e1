Feature: Two businesses on one installation
  One tenant never sees another, by any way of asking.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts
    And Otto works at another shop

  Scenario: Conversations of another business
    Given Ana wrote to the Page "Casa Verde" "Segredo"
    When Otto asks for the conversations of the Page "Casa Verde"
    Then he is told that there is no such account

  Scenario: Answering for another business
    Given Ana wrote to the Page "Casa Verde" "Oi"
    When Otto answers Ana for the Page "Casa Verde"
    Then he is told that there is no such account
    And Ana receives nothing

  Scenario: Accounts of another business
    When Otto lists his accounts
    Then he sees none

  Scenario: One webhook for two businesses
    Given Otto connected his Page "Loja do Otto"
    When one delivery tells that Ana wrote to "Casa Verde" and Caio to "Loja do Otto"
    Then Bia sees only Ana's message
    And Otto sees only Caio's message
