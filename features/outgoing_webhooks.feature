Feature: Telling a shop's own systems
  A CRM that runs elsewhere, in whatever language, hears of what happens without asking.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts
    And her CRM is to be told of new messages

  Rule: The CRM is told, and can tell who says so

    Scenario: A customer writes
      When Ana writes to the Page "Casa Verde" "Tem bolo de fubá?"
      Then a moment later the CRM is told "Tem bolo de fubá?" by Ana
      And the CRM can be sure that we said so

    Scenario: Another business hears nothing of it
      Given Otto works at another shop
      And Otto's CRM is to be told of new messages
      When Ana writes to the Page "Casa Verde" "Segredo"
      Then a moment later the CRM is told "Segredo" by Ana
      And Otto's CRM was told nothing

    Scenario: A new secret, before the CRM knows it
      When Bia has the CRM's secret replaced
      And Ana writes to the Page "Casa Verde" "Oi"
      Then a moment later the CRM is told "Oi" by Ana
      And the CRM can be sure that we said so, by either secret

  Rule: What does not arrive comes again

    Scenario: The CRM is being restarted
      Given the CRM cannot take the next event
      When Ana writes to the Page "Casa Verde" "Alô?"
      Then later the CRM is told "Alô?" by Ana
      And it was told so twice, under one id

    Scenario: The CRM lost what it was told
      Given Ana wrote to the Page "Casa Verde" "Perdida"
      And the CRM was told "Perdida" by Ana
      When Bia has it told once more
      Then later it was told so twice, under one id

    Scenario: The CRM wants to hear no more
      Given the CRM wants to hear no more
      When Ana writes to the Page "Casa Verde" "Oi"
      Then a moment later Bia sees that her CRM is no longer told

  Rule: Events go out to the internet, not into anybody's machines

    Scenario: An address inside the network
      When Bia has events sent to an address inside the network
      Then she is told that events do not go there
