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
