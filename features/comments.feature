Feature: Comments
  What people write in public stands apart from what they write in private.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario Outline: Somebody comments
    When Ana comments to the <kind> "<account>" "Qual o preço?"
    Then Bia sees the comment "Qual o preço?" of Ana
    And nobody wrote to Bia in private

    Examples:
      | kind              | account    |
      | Page              | Casa Verde |
      | Instagram account | casaverde  |

  Scenario: The shop's own answer in Meta's app
    Given Ana commented to the Instagram account "casaverde" "Qual o preço?"
    When the shop answers the comment "R$ 40" in Meta's own app
    Then Bia sees the answer "R$ 40" under the comment of Ana

  Scenario: A comment is removed
    Given Ana commented to the Page "Casa Verde" "Horrível"
    When the comment is removed
    Then Bia sees only that there was a comment

  Scenario Outline: Answering in private
    Given Ana commented to the <kind> "<account>" "Qual o preço?"
    When Bia answers the comment in private "Para você R$ 40"
    Then Ana receives "Para você R$ 40"
    And Bia sees her private answer "Para você R$ 40" beside the comment, and nothing twice

    Examples:
      | kind              | account    |
      | Page              | Casa Verde |
      | Instagram account | casaverde  |

  Scenario Outline: Answering in public
    Given Ana commented to the <kind> "<account>" "Qual o preço?"
    When Bia answers the comment in public "R$ 40"
    Then everybody reads "R$ 40" under the comment of Ana
    And Bia sees her public answer "R$ 40" beside the comment, and nothing twice

    Examples:
      | kind              | account    |
      | Page              | Casa Verde |
      | Instagram account | casaverde  |

  Rule: A comment has one private answer, within a week

    Scenario: A second private answer
      Given Ana commented to the Page "Casa Verde" "Qual o preço?"
      And Bia answered the comment in private "R$ 40"
      When Bia answers the comment in private "R$ 35"
      Then the answer is refused because the comment has its private answer
      And Bia sees her private answer "R$ 40" beside the comment, and nothing twice

    Scenario: A private answer after a week
      Given Ana commented to the Page "Casa Verde" "Qual o preço?" 8 days ago
      When Bia answers the comment in private "R$ 40"
      Then the answer is refused because the window is closed
      And Ana receives nothing

  Rule: What is hidden is read by the shop and by who wrote it

    Scenario Outline: Hiding a comment
      Given Ana commented to the <kind> "<account>" "Horrível"
      When Bia hides the comment
      Then nobody else reads the comment any more
      And Bia sees that the comment is hidden

      Examples:
        | kind              | account    |
        | Page              | Casa Verde |
        | Instagram account | casaverde  |

    Scenario: Showing it again
      Given Ana commented to the Page "Casa Verde" "Horrível"
      And Bia hid the comment
      When Bia shows the comment again
      Then everybody reads the comment again
      And Bia sees that the comment is shown
